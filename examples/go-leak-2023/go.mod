module go-leak-2023

go 1.21

require github.com/pyroscope-io/client v0.5.0

require github.com/google/pprof v0.0.0-20221118152302-e6195bd50e26 // indirect
