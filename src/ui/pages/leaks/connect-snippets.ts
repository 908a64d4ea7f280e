/** What to paste to connect a service to this server; `address` has no trailing slash. */
export interface ConnectSnippet {
  readonly id: 'go' | 'go2023' | 'alloy' | 'curl';
  readonly label: string;
  readonly steps: readonly { readonly title: string; readonly code: string }[];
  readonly note: string;
}

export function connectSnippets(address: string): readonly ConnectSnippet[] {
  return [
    {
      id: 'go',
      label: 'Go',
      steps: [
        { title: 'Add the client', code: 'go get github.com/grafana/pyroscope-go' },
        { title: 'Save as profiling.go beside main.go', code: goCode(address, 'github.com/grafana/pyroscope-go') },
      ],
      note: 'The first profile arrives after 15 s. The label version lets Leakscope confirm a fix by version.',
    },
    {
      id: 'go2023',
      label: 'Go, 2023 client',
      steps: [
        { title: 'Add the client', code: 'go get github.com/pyroscope-io/client@v0.5.0' },
        {
          title: 'Save as profiling.go beside main.go',
          code: goCode(address, 'github.com/pyroscope-io/client/pyroscope'),
        },
      ],
      note: 'Programs that use it already need only the new address. The first profile arrives after 10 s.',
    },
    {
      id: 'alloy',
      label: 'Alloy',
      steps: [
        { title: 'Add to config.alloy; programs then send to port 9999 of Alloy', code: alloyCode(address) },
        { title: 'Load it', code: 'curl -X POST http://localhost:12345/-/reload' },
      ],
      note: 'Alloy passes on what Pyroscope clients send to it.',
    },
    {
      id: 'curl',
      label: 'curl',
      steps: [{ title: 'Send profiles of net/http/pprof every 15 s', code: curlCode(address) }],
      note: 'One profile shows what is in use; a verdict needs profiles over time.',
    },
  ];
}

/** A file of its own, so that it compiles as pasted. */
function goCode(address: string, client: string): string {
  return `package main

import (
	"log"
	"os"

	"${client}"
)

func init() {
	hostname, _ := os.Hostname()
	_, err := pyroscope.Start(pyroscope.Config{
		ApplicationName: "my-service",
		ServerAddress:   "${address}",
		Tags:            map[string]string{"version": "v1.0.0", "hostname": hostname},
		ProfileTypes: []pyroscope.ProfileType{
			pyroscope.ProfileGoroutines,
			pyroscope.ProfileInuseObjects, pyroscope.ProfileInuseSpace,
			pyroscope.ProfileAllocObjects, pyroscope.ProfileAllocSpace,
			pyroscope.ProfileCPU,
		},
	})
	if err != nil {
		log.Print(err)
	}
}`;
}

function alloyCode(address: string): string {
  return `pyroscope.receive_http "default" {
	http {
		listen_address = "0.0.0.0"
		listen_port    = 9999
	}
	forward_to = [pyroscope.write.leakscope.receiver]
}

pyroscope.write "leakscope" {
	endpoint {
		url = "${address}"
	}
}`;
}

function curlCode(address: string): string {
  const name = encodeURIComponent('my-service{version=v1.0.0}');
  return `while sleep 15; do
	for profile in heap goroutine; do
		curl -s http://localhost:6060/debug/pprof/$profile |
			curl -sS --fail-with-body --data-binary @- \\
			'${address}/ingest?format=pprof&name=${name}'
	done
done`;
}
