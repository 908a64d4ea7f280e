import { describe, expect, it } from 'vitest';
import { markUp } from './mark-up.ts';

describe('markUp', () => {
  const message = {
    key: 'leak',
    params: {
      service: 'simple.golang.app',
      function: 'example.com/shop/main.longRunningTask',
      file: '/src/main.go',
      line: 41,
      version: 'v1.2.0',
    },
  };

  it('marks functions, files and rates, and not the service or the version', () => {
    const sentence =
      'simple.golang.app leaks 1.2 goroutines per second in main.longRunningTask (main.go:41) of v1.2.0.';
    const marked = markUp(sentence, message).filter((part) => part.kind !== 'plain');
    expect(marked).toEqual([
      { text: '1.2 goroutines per second', kind: 'strong' },
      { text: 'main.longRunningTask', kind: 'code' },
      { text: 'main.go:41', kind: 'code' },
    ]);
  });

  it('changes no letter of the sentence', () => {
    const sentence = 'Memory grows 431\u202fMiB/h, about 102 KiB per goroutine, at main.longRunningTask.';
    const joined = markUp(sentence, message)
      .map((part) => part.text)
      .join('');
    expect(joined).toBe(sentence);
  });

  it('marks nothing where nothing is to be marked', () => {
    expect(markUp('No leak.', { key: 'none', params: {} })).toEqual([{ text: 'No leak.', kind: 'plain' }]);
  });
});
