import { type FormEvent, useId, useState } from 'react';
import { useNowMs } from '../state/clock.ts';
import { parseTypedMs, RANGE_CHOICES, type Range, rangeName, setRange } from '../state/range.ts';
import { useZone } from '../state/zone.ts';
import { zoneLabel } from '../text/time.ts';
import { Button } from './button.tsx';

/** Presets at the left, two fields at the right, the range as UTC below. */
export function TimePicker(props: { range: Range; defaultFrom: string; onDone: () => void }) {
  const { range, defaultFrom, onDone } = props;
  const choose = (from: string) => {
    setRange(from, 'now', defaultFrom);
    onDone();
  };
  return (
    <>
      <ul className="picker-presets">
        {RANGE_CHOICES.map((from) => (
          <li key={from}>
            <button
              type="button"
              className="menu-row"
              aria-pressed={range.endsNow && range.from === from}
              onClick={() => choose(from)}
            >
              {rangeName(from, 'now')}
            </button>
          </li>
        ))}
      </ul>
      <RangeFields {...props} />
    </>
  );
}

function RangeFields({ range, defaultFrom, onDone }: { range: Range; defaultFrom: string; onDone: () => void }) {
  const nowMs = useNowMs();
  const zone = useZone();
  const [from, setFrom] = useState(editable(range.from, range.fromMs));
  const [until, setUntil] = useState(editable(range.until, range.untilMs));
  const fromMs = parseTypedMs(from, nowMs);
  const untilMs = parseTypedMs(until, nowMs);
  const inOrder = fromMs === undefined || untilMs === undefined || fromMs < untilMs;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fromMs === undefined || untilMs === undefined || !inOrder) return;
    const isRelative = (text: string) => text.trim().startsWith('now');
    setRange(isRelative(from) ? from.trim() : fromMs, isRelative(until) ? until.trim() : untilMs, defaultFrom);
    onDone();
  };
  return (
    <form className="picker-fields" onSubmit={submit}>
      <Field label="From" value={from} onChange={setFrom} error={fromMs === undefined ? 'not a time' : undefined} />
      <Field
        label="Until"
        value={until}
        onChange={setUntil}
        error={untilMs === undefined ? 'not a time' : inOrder ? undefined : 'before From'}
      />
      <p className="t3">now-3h, 09:00, yesterday 14:00, 2026-11-18 09:00, or epoch ms. {zoneLabel(zone, nowMs)}.</p>
      <p className="picker-utc mono">
        {utc(fromMs)}
        <br />
        {utc(untilMs)}
      </p>
      <div>
        <Button kind="ink" onClick={submit} disabled={fromMs === undefined || untilMs === undefined || !inOrder}>
          Apply
        </Button>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
}

function Field({ label, value, onChange, error }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {error !== undefined && <span className="field-error">{error}</span>}
      </label>
      <input
        id={id}
        value={value}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={error !== undefined}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

/** Relative ends stay as written, absolute ones become local date and time. */
function editable(text: string, atMs: number): string {
  if (text.startsWith('now')) return text;
  const local = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

function utc(atMs: number | undefined): string {
  return atMs === undefined ? '–' : `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
