/** Where a server listens; port 0 before any is chosen. */
export interface Address {
  /** Name or number; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `host:port`, an IPv6 number in brackets. */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** `http://host:port` to reach the address from this machine: the loopback one where it listens on all interfaces. */
export function urlOfAddress({ host, port }: Address): string {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  return `http://${formatAddress({ host: isEverywhere ? '127.0.0.1' : host, port })}`;
}
