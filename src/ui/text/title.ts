import { useEffect } from 'react';

/** Sets the title of the tab: "<text> · Leakscope". */
export function useTitle(text: string): void {
  useEffect(() => {
    document.title = text === '' ? 'Leakscope' : `${text} · Leakscope`;
  }, [text]);
}
