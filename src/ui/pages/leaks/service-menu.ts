import type { Service } from '../../../wire/api.ts';
import { apiUrl } from '../../api/client.ts';
import { writeClipboard } from '../../parts/code-block.tsx';
import type { MenuItem } from '../../parts/menu.tsx';
import { caseHref, exploreHref, typeWith } from '../../text/links.ts';
import { hrefOf } from './service-row.tsx';

/** What can be done with a row. */
export function serviceMenu(service: Service, navigate: (path: string) => void): readonly MenuItem[] {
  const { topFinding } = service;
  const goroutines = typeWith('goroutine', service.profileTypes);
  const memory = typeWith('inuse_space', service.profileTypes);
  const explore = (type: string | undefined) => () => navigate(exploreHref({ service: service.name, type }));
  const items: MenuItem[] = [];
  if (topFinding !== null) items.push({ label: 'Open case', onSelect: () => navigate(caseHref(topFinding.id)) });
  items.push(
    { label: 'Explore goroutines', onSelect: explore(goroutines), disabled: goroutines === undefined },
    { label: 'Explore memory', onSelect: explore(memory), disabled: memory === undefined },
    {
      label: 'Copy link',
      startsGroup: true,
      onSelect: () => void writeClipboard(apiUrl(hrefOf(service).slice(1)).href),
    },
  );
  return items;
}
