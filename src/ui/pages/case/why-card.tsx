import type { ReasonGroup } from '../../../model/finding.ts';
import type { Finding } from '../../../wire/api.ts';
import { Box } from '../../parts/box.tsx';
import { useNowMs } from '../../state/clock.ts';
import { useZone } from '../../state/zone.ts';
import { localTimes } from '../../text/local-times.ts';
import { reasonSections, splitReason, WHY_TITLE } from './reasons.ts';

/** The rules with their numbers: what speaks for a leak, what against, what is ruled out, what is not known. */
export function WhyCard({ finding }: { finding: Finding }) {
  const nowMs = useNowMs();
  const zone = useZone();
  const lastMs = Date.parse(finding.lastSeen);
  return (
    <Box id="why" className="why" title={WHY_TITLE[finding.verdict]}>
      {reasonSections(finding.verdict, finding.reasons).map(({ group, title, reasons }) => (
        <div key={group} className="why-group">
          <h3>{title}</h3>
          <ul>
            {reasons.map((reason) => {
              const [claim, rest] = splitReason(localTimes(reason.text, lastMs, nowMs, zone));
              return (
                <li key={reason.rule + reason.text}>
                  <Mark group={group} />
                  <p>
                    <b>{claim}</b> {rest}
                  </p>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </Box>
  );
}

function Mark({ group }: { group: ReasonGroup }) {
  return (
    <svg className={`why-mark ${group}`} width="14" height="14" viewBox="0 0 14 14" fill="none" aria-hidden="true">
      {group === 'for' && <path d="m2.8 7.4 2.8 2.8 5.6-6.2" />}
      {group === 'ruledOut' && <path d="m3.8 3.8 6.4 6.4M10.2 3.8l-6.4 6.4" />}
      {group === 'against' && <path d="M3 7h8" />}
      {group === 'unknown' && <circle cx="7" cy="7" r="4.6" strokeDasharray="2 2" />}
    </svg>
  );
}
