import { Link, useLocation } from 'wouter';
import { useOpenFindings } from '../api/queries.ts';
import { useShortcut } from '../state/shortcuts.ts';
import { setTheme, type Theme, useTheme } from '../state/theme.ts';
import { toggleUtc, useZone } from '../state/zone.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };

/** The top bar: logo, pages, theme, shortcuts. */
export function Bar({ onShortcuts }: { onShortcuts: () => void }) {
  const theme = useTheme();
  const zone = useZone();
  const nextTheme = () => setTheme(NEXT_THEME[theme]);
  useShortcut('z', 'switch local time, UTC', toggleUtc, { group: 'Everywhere' });
  useShortcut('t', 'theme: system, light, dark', nextTheme, { group: 'Everywhere' });
  return (
    <header className="bar">
      <Link className="logo" href="/" aria-label="Leakscope, to Leaks">
        <Logo />
        <span>Leakscope</span>
      </Link>
      <nav className="nav" aria-label="Main">
        <PageLinks />
      </nav>
      <span className="grow" />
      {zone !== undefined && (
        <span className="tag" title="All times are in this zone">
          {zone}
        </span>
      )}
      <Button kind="ghost" icon="theme" label={`Theme: ${theme}`} title={`Theme: ${theme}  t`} onClick={nextTheme} />
      <Button kind="ghost" icon="help" label="Keyboard shortcuts" title="Keyboard shortcuts  ?" onClick={onShortcuts} />
    </header>
  );
}

/** The same pages at the bottom of a phone. */
export function TabBar() {
  return (
    <nav className="tab-bar" aria-label="Main">
      <PageLinks withIcons />
    </nav>
  );
}

function PageLinks({ withIcons = false }: { withIcons?: boolean }) {
  const [path] = useLocation();
  const leaks = useLeakCount();
  const current = (isCurrent: boolean) => (isCurrent ? ({ 'aria-current': 'page' } as const) : {});
  return (
    <>
      <Link href="/" {...current(path === '/' || path.startsWith('/leaks'))}>
        {withIcons && <Icon name="drop" size={18} />}
        <span className="nav-label">
          Leaks
          {leaks > 0 && (
            <span className="nav-count">
              {leaks}
              <span className="vh"> open</span>
            </span>
          )}
        </span>
      </Link>
      <Link href="/explore" {...current(path.startsWith('/explore'))}>
        {withIcons && <Icon name="flame" size={18} />}
        <span className="nav-label">Explore</span>
      </Link>
    </>
  );
}

/** Open leaks; watched ones do not count. */
function useLeakCount(): number {
  return useOpenFindings().data?.findings.filter((finding) => finding.verdict === 'leak').length ?? 0;
}

function Logo() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" fill="none" aria-hidden="true">
      <circle cx="10" cy="10" r="8.2" stroke="currentColor" strokeWidth="1.8" />
      <path className="logo-drop" d="M10 4.6c2 2.6 3.3 4.2 3.3 5.9a3.3 3.3 0 0 1-6.6 0c0-1.7 1.3-3.3 3.3-5.9Z" />
    </svg>
  );
}
