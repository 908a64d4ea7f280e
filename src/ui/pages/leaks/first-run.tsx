import { type KeyboardEvent, useRef, useState } from 'react';
import { apiUrl } from '../../api/client.ts';
import { Box } from '../../parts/box.tsx';
import { CodeBlock } from '../../parts/code-block.tsx';
import { choiceParam, useQueryParam } from '../../state/url.ts';
import { useTitle } from '../../text/title.ts';
import { type ConnectSnippet, connectSnippets } from './connect-snippets.ts';
import './first-run.css';

const TABS = ['go', 'go2023', 'alloy', 'curl'] as const;
const TAB_PARAM = choiceParam('tab', TABS, 'a client; showing Go');

/** Before the first profile: how to connect a service. Turns into the home page by itself. */
export function FirstRun() {
  useTitle('Connect a service');
  const [address, setAddress] = useState(apiUrl('.').href.replace(/\/$/, ''));
  const [tab, setTab] = useQueryParam(TAB_PARAM);
  const snippets = connectSnippets(address);
  const snippet = snippets.find((one) => one.id === tab) ?? snippets[0];
  return (
    <div className="page first-run">
      <h1 className="headline">Point a service at this server.</h1>
      <p className="waiting" role="status">
        <i className="waiting-dot" aria-hidden="true" />
        Waiting for the first profile…
      </p>
      <Box label="How to connect">
        <div className="connect-head">
          <Tabs snippets={snippets} selected={tab} onSelect={(id) => setTab(id, 'replace')} />
          <label className="address">
            <span className="t3">Address</span>
            <input value={address} spellCheck={false} onChange={(event) => setAddress(event.target.value)} />
          </label>
        </div>
        {snippet !== undefined && <Steps snippet={snippet} />}
      </Box>
      <p className="t2">
        Already using Pyroscope? Change its address. Nothing else.
        <br />
        No service at hand? Run <code>npm run demo</code> in the folder of Leakscope: it starts a program that leaks.
      </p>
    </div>
  );
}

function Steps({ snippet }: { snippet: ConnectSnippet }) {
  return (
    <div role="tabpanel" id="connect-panel" aria-labelledby={`connect-${snippet.id}`} className="connect-steps">
      <ol>
        {snippet.steps.map((step, index) => (
          <li key={step.title}>
            <h2>
              {index + 1}. {step.title}
            </h2>
            <CodeBlock code={step.code} label={step.title} />
          </li>
        ))}
      </ol>
      <p className="connect-note t3">{snippet.note}</p>
    </div>
  );
}

function Tabs(props: {
  snippets: readonly ConnectSnippet[];
  selected: ConnectSnippet['id'];
  onSelect: (id: ConnectSnippet['id']) => void;
}) {
  const { snippets, selected, onSelect } = props;
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const at = snippets.findIndex((snippet) => snippet.id === selected);
    const next = snippets[(at + step + snippets.length) % snippets.length];
    if (next === undefined) return;
    onSelect(next.id);
    list.current?.querySelector<HTMLElement>(`#connect-${next.id}`)?.focus();
  };
  return (
    <div className="seg" role="tablist" aria-label="Client" ref={list}>
      {snippets.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`connect-${id}`}
          aria-controls="connect-panel"
          aria-selected={id === selected}
          tabIndex={id === selected ? 0 : -1}
          onClick={() => onSelect(id)}
          onKeyDown={onKeyDown}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
