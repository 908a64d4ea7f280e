import { useEffect, useRef, useState } from 'react';
import type { Verdict } from '../../../model/finding.ts';
import type { Service } from '../../../wire/api.ts';

const MIN_PAUSE_MS = 60_000;

/** Tells readers of screens, at most once a minute, which services have become leaks since the page was opened. */
export function VerdictNews({ services }: { services: readonly Service[] }) {
  const before = useRef<ReadonlyMap<string, Verdict> | null>(null);
  const saidAtMs = useRef(Number.NEGATIVE_INFINITY);
  const [news, setNews] = useState('');
  useEffect(() => {
    const fresh = before.current === null ? [] : newLeaks(before.current, services);
    if (fresh.length > 0 && performance.now() - saidAtMs.current < MIN_PAUSE_MS) return;
    before.current = new Map(services.map((service) => [service.name, service.verdict]));
    if (fresh.length === 0) return;
    saidAtMs.current = performance.now();
    setNews(`${fresh.join(', ')} ${fresh.length === 1 ? 'is now a leak' : 'are now leaks'}.`);
  }, [services]);
  return (
    <p className="vh" role="status">
      {news}
    </p>
  );
}

/** Services that leak and did not before; services unknown before do not count. */
export function newLeaks(before: ReadonlyMap<string, Verdict>, services: readonly Service[]): readonly string[] {
  const isNew = ({ name, verdict }: Service) => verdict === 'leak' && before.has(name) && before.get(name) !== 'leak';
  return services.filter(isNew).map((service) => service.name);
}
