import { describe, expect, it } from 'vitest';
import { enclosingFunction, ownModuleOf, packageOf, roleOf, shortName } from './go-frames.ts';

describe('packageOf', () => {
  it.each([
    ['main.main', 'main'],
    ['main.(*server).handle.func1', 'main'],
    ['net/http.(*conn).serve', 'net/http'],
    ['github.com/acme/shop/cart.(*Cart).Add', 'github.com/acme/shop/cart'],
    ['gopkg.in/yaml%2ev3.Unmarshal', 'gopkg.in/yaml.v3'],
    ['main.Map[github.com/acme/shop/cart.Item].Get', 'main'],
    ['github.com/acme/pool.(*Pool[go.shape.int]).Get', 'github.com/acme/pool'],
    ['_rt0_amd64_linux', ''],
    ['(truncated)', ''],
  ])('reads the package of %s', (name, path) => expect(packageOf(name)).toBe(path));
});

it('shortens a name to the last element of its package', () => {
  expect(shortName('github.com/acme/shop/cart.(*Cart).Add')).toBe('cart.(*Cart).Add');
  expect(shortName('main.Map[github.com/acme/x.T].Get')).toBe('main.Map[…].Get');
  expect(shortName('_GC')).toBe('_GC');
});

it('names the function that a closure stands in', () => {
  expect(enclosingFunction('main.serve.func1.2')).toBe('main.serve');
  expect(enclosingFunction('main.main.gowrap1')).toBe('main.main');
  expect(enclosingFunction('main.(*T).run-fm')).toBe('main.(*T).run');
  expect(enclosingFunction('main.longRunningTask')).toBe('main.longRunningTask');
});

describe('roleOf', () => {
  it.each([
    ['runtime.gopark', '', 'runtime'],
    ['internal/runtime/maps.newTable', '', 'runtime'],
    ['_rt0_amd64_linux', '', 'runtime'],
    ['internal/sync.(*Mutex).Lock', '', 'standard'],
    ['net/http.(*conn).serve', '', 'standard'],
    ['vendor/golang.org/x/net/http2/hpack.NewEncoder', '', 'standard'],
    ['github.com/lib/pq.(*conn).recv', '/go/pkg/mod/github.com/lib/pq@v1.10.0/conn.go', 'dependency'],
    ['main.main', '/src/main.go', 'own'],
    ['shop/cart.Add', '/src/cart/cart.go', 'own'],
    ['github.com/acme/shop/cart.Add', '/src/cart/cart.go', 'own'],
    ['github.com/acme/shopping.Add', '', 'dependency'],
  ])('says whose code %s is', (name, file, role) => {
    expect(roleOf({ function: name, file }, 'github.com/acme/shop')).toBe(role);
  });
});

describe('ownModuleOf', () => {
  const frame = (name: string, file: string) => ({ function: name, file, line: 1 });
  it('finds the module whose directory holds the main package', () => {
    const frames = [
      frame('main.main', '/src/cmd/api/main.go'),
      frame('github.com/lib/pq.Open', '/go/pkg/mod/github.com/lib/pq@v1.10.0/conn.go'),
      frame('github.com/acme/shop/internal/cart.Add', '/src/internal/cart/cart.go'),
    ];
    expect(ownModuleOf(frames)).toBe('github.com/acme/shop');
  });
  it('reads it off a trimmed path', () => {
    expect(ownModuleOf([frame('main.main', 'github.com/acme/shop/cmd/api/main.go')])).toBe('github.com/acme/shop');
  });
  it('does not guess', () => {
    expect(
      ownModuleOf([frame('main.main', '/src/main.go'), frame('github.com/x/y.F', '/elsewhere/y/f.go')]),
    ).toBeUndefined();
    expect(ownModuleOf([])).toBeUndefined();
  });
});
