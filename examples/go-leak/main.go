// Command go-leak is a small HTTP server that leaks a goroutine, and the memory it holds, with every request, and
// pushes its profiles to a profiling server. With -fixed the same program does not leak.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/grafana/pyroscope-go"
)

const (
	resultBytes  = 100_000
	taskDuration = 500 * time.Millisecond
	// maxLeakedBytes is where the program stops leaking, so that it cannot take the machine down.
	maxLeakedBytes = 512 << 20
)

// longRunningTask builds a result and sends it. Where nobody receives, it waits for ever and keeps the result.
//
//go:noinline
func longRunningTask(results chan<- []byte) {
	result := make([]byte, resultBytes)
	time.Sleep(taskDuration)
	results <- result
}

// handler starts a task for each request and answers without waiting for its result. The channel's capacity decides
// what becomes of the abandoned task: with 0 it blocks on its send, with 1 the send succeeds and the task ends.
func handler(channelCapacity int) http.HandlerFunc {
	var leakedBytes atomic.Int64
	var announce sync.Once
	return func(w http.ResponseWriter, _ *http.Request) {
		leaks := channelCapacity == 0
		if leaks && leakedBytes.Add(resultBytes) > maxLeakedBytes {
			announce.Do(func() { log.Printf("leaked %d MiB; requests leak no more from here on", maxLeakedBytes>>20) })
			fmt.Fprintln(w, "done leaking")
			return
		}
		go longRunningTask(make(chan []byte, channelCapacity))
		fmt.Fprintln(w, "started")
	}
}

func main() {
	app := flag.String("app", "simple.golang.app", "application `name` to push under")
	server := flag.String("server", "http://127.0.0.1:4040", "`URL` of the profiling server")
	address := flag.String("addr", "127.0.0.1:8081", "`address` to listen on")
	every := flag.Duration("upload", 2*time.Second, "`interval` between uploads")
	hostname := flag.String("hostname", "", "tag `hostname` (default: the machine's)")
	version := flag.String("version", "", "tag `version` (default 1.0.0, with -fixed 1.0.1)")
	fixed := flag.Bool("fixed", false, "run the repaired handler")
	proof := flag.Bool("goroutine-leak-profile", false, "send Go's goroutineleak profile too; build with GOEXPERIMENT=goroutineleakprofile")
	flag.Parse()

	channelCapacity := 0
	if *fixed {
		channelCapacity = 1
	}
	profiler, err := startProfiler(*app, *server, *every, tags(*hostname, *version, *fixed), *proof)
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", handler(channelCapacity))
	err = serve(*address)
	if stopErr := profiler.Stop(); err == nil {
		err = stopErr
	}
	if err != nil {
		log.Fatal(err)
	}
}

// startProfiler turns mutex and block profiling on and pushes all ten profile types.
func startProfiler(app, server string, every time.Duration, tags map[string]string, proof bool) (*pyroscope.Profiler, error) {
	runtime.SetMutexProfileFraction(5)
	runtime.SetBlockProfileRate(5)
	types := []pyroscope.ProfileType{
		pyroscope.ProfileCPU,
		pyroscope.ProfileAllocObjects, pyroscope.ProfileAllocSpace,
		pyroscope.ProfileInuseObjects, pyroscope.ProfileInuseSpace,
		pyroscope.ProfileGoroutines,
		pyroscope.ProfileMutexCount, pyroscope.ProfileMutexDuration,
		pyroscope.ProfileBlockCount, pyroscope.ProfileBlockDuration,
	}
	if proof {
		types = append(types, pyroscope.ProfileGoroutineLeak)
	}
	return pyroscope.Start(pyroscope.Config{
		ApplicationName: app,
		ServerAddress:   server,
		UploadRate:      every,
		Tags:            tags,
		ProfileTypes:    types,
	})
}

func tags(hostname, version string, fixed bool) map[string]string {
	if hostname == "" {
		hostname = "localhost"
		if name, err := os.Hostname(); err == nil {
			hostname = name
		}
	}
	if version == "" {
		version = "1.0.0"
		if fixed {
			version = "1.0.1"
		}
	}
	return map[string]string{"hostname": hostname, "version": version}
}

// serve answers requests, with net/http/pprof under /debug/pprof/, until SIGINT or SIGTERM.
func serve(address string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server := &http.Server{Addr: address, ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	log.Printf("listening on http://%s", address)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	shutdown, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(shutdown); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
