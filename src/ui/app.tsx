import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Link, Route, Router, Switch, useLocation } from 'wouter';
import { createQueryClient } from './api/queries.ts';
import { LeaksPage } from './pages/leaks/leaks-page.tsx';
import { Banner } from './parts/banner.tsx';
import { Bar, TabBar } from './parts/bar.tsx';
import { BoxLoading } from './parts/box.tsx';
import { ShortcutMap } from './parts/shortcut-map.tsx';
import { listenForShortcuts, useShortcut } from './state/shortcuts.ts';
import { useTitle } from './text/title.ts';

const CasePage = lazy(async () => ({ default: (await import('./pages/case/case-page.tsx')).CasePage }));
const ExplorePage = lazy(async () => ({ default: (await import('./pages/explore/explore-page.tsx')).ExplorePage }));

const queryClient = createQueryClient();
/** `/x/y` where the server writes `<base href="/x/y/">`, else ''. */
const basePath = new URL(document.baseURI).pathname.replace(/\/$/, '');

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <Router base={basePath}>
        <Shell />
      </Router>
    </QueryClientProvider>
  );
}

function Shell() {
  const [mapOpen, setMapOpen] = useState(false);
  const [path, navigate] = useLocation();
  useEffect(listenForShortcuts, []);
  useShortcut('?', 'this map', () => setMapOpen(true), { group: 'Everywhere' });
  useShortcut('g l', 'go to Leaks', () => navigate('/'), { group: 'Everywhere' });
  useShortcut('g e', 'go to Explore', () => navigate('/explore'), { group: 'Everywhere' });
  useScrollToTop(path);
  return (
    <>
      <SkipLink />
      <Bar onShortcuts={() => setMapOpen(true)} />
      <Banner />
      <main id="main" tabIndex={-1}>
        <Suspense fallback={<BoxLoading what="the page" heightPx={400} />}>
          <Switch>
            <Route path="/" component={LeaksPage} />
            <Route path="/leaks/:case">{({ case: id }) => <CasePage key={id} id={id} />}</Route>
            <Route path="/explore" component={ExplorePage} />
            <Route component={NoPage} />
          </Switch>
        </Suspense>
      </main>
      <TabBar />
      <ShortcutMap open={mapOpen} onClose={() => setMapOpen(false)} />
    </>
  );
}

/** A plain `#main` would resolve against `<base href>` and leave the page. */
function SkipLink() {
  return (
    <a
      className="skip"
      href={`${location.pathname}${location.search}#main`}
      onClick={(event) => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}
    >
      Skip to content
    </a>
  );
}

/** A new page starts at its top, except where an anchor says otherwise. */
function useScrollToTop(path: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the page changes
  useEffect(() => {
    if (location.hash === '') scrollTo(0, 0);
  }, [path]);
}

function NoPage() {
  const [path] = useLocation();
  useTitle('No such page');
  return (
    <div className="page">
      <h1 className="headline">There is no page {path}.</h1>
      <p className="t2">
        Go to <Link href="/">Leaks</Link> or <Link href="/explore">Explore</Link>.
      </p>
    </div>
  );
}
