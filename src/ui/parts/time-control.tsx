import {
  autoUpdate,
  flip,
  offset,
  shift as shiftIntoView,
  useClick,
  useDismiss,
  useFloating,
  useInteractions,
  useRole,
} from '@floating-ui/react';
import { useState } from 'react';
import { useNowMs } from '../state/clock.ts';
import { type Range, rangeName, setRange, shiftRange, zoomIn, zoomOut } from '../state/range.ts';
import { useShortcut } from '../state/shortcuts.ts';
import { useZone } from '../state/zone.ts';
import { formatRange } from '../text/time.ts';
import { Button, ButtonSet } from './button.tsx';
import { Layer } from './layer.tsx';
import { LiveButton } from './live-button.tsx';
import { TimePicker } from './time-picker.tsx';

export interface TimeControlProps {
  readonly range: Range;
  /** What `from` is when the URL does not say; the same as given to `useRange`. */
  readonly defaultFrom: string;
  /** True where the page is live unless told otherwise. */
  readonly liveByDefault?: boolean;
}

/** `[‹][Last 24 h v][›][-] [Live]`, with the keys `[` `]` `-` `=` `\` `l`. */
export function TimeControl({ range, defaultFrom, liveByDefault = false }: TimeControlProps) {
  const earlier = () => shiftRange(range, -1);
  const later = () => shiftRange(range, 1);
  useShortcut('[', 'range earlier', earlier, { group: 'Time' });
  useShortcut(']', 'range later', later, { group: 'Time', enabled: !range.endsNow });
  useShortcut('-', 'zoom the range out', () => zoomOut(range), { group: 'Time' });
  useShortcut('=', 'zoom in on the middle half', () => zoomIn(range), { group: 'Time' });
  return (
    <div className="time-control">
      <ButtonSet label="Time range">
        <Button icon="left" label="Earlier" title="Earlier  [" onClick={earlier} />
        <PickerButton range={range} defaultFrom={defaultFrom} />
        <Button icon="right" label="Later" title="Later  ]" onClick={later} disabled={range.endsNow} />
        <Button
          icon="zoomOut"
          label="Zoom out"
          title="Zoom out  -"
          className="zoom-out"
          onClick={() => zoomOut(range)}
        />
      </ButtonSet>
      <LiveButton
        isPossible={range.endsNow}
        isDefault={liveByDefault}
        onImpossible={() => setRange(defaultFrom, 'now', defaultFrom)}
      />
    </div>
  );
}

function PickerButton({ range, defaultFrom }: { range: Range; defaultFrom: string }) {
  const [open, setOpen] = useState(false);
  const zone = useZone();
  const nowMs = useNowMs();
  useShortcut('\\', 'time picker', () => setOpen(true), { group: 'Time' });
  const { refs, floatingStyles, context } = useFloating({
    open,
    onOpenChange: setOpen,
    placement: 'bottom-end',
    strategy: 'fixed',
    middleware: [offset(4), flip({ padding: 8 }), shiftIntoView({ padding: 8 })],
    whileElementsMounted: autoUpdate,
  });
  const { getReferenceProps, getFloatingProps } = useInteractions([
    useClick(context),
    useDismiss(context),
    useRole(context, { role: 'dialog' }),
  ]);
  const name = rangeName(range.from, range.until) ?? formatRange(range.fromMs, range.untilMs, nowMs, zone);
  return (
    <>
      <Button icon="clock" caret className="range" ref={refs.setReference} {...getReferenceProps()}>
        <span className="num">{name}</span>
      </Button>
      {open && (
        <Layer context={context}>
          <div
            ref={refs.setFloating}
            className="menu picker"
            style={floatingStyles}
            {...getFloatingProps({ 'aria-label': 'Time range' })}
          >
            <TimePicker range={range} defaultFrom={defaultFrom} onDone={() => setOpen(false)} />
          </div>
        </Layer>
      )}
    </>
  );
}
