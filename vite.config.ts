import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `LEAKSCOPE_DEV_SERVER` is where `npx vite` finds a running server to pass API requests on to. */
const server = process.env.LEAKSCOPE_DEV_SERVER ?? 'http://127.0.0.1:4040';

export default defineConfig({
  root: 'src/ui',
  // Relative, so that the `<base href>` which the server writes decides the path prefix.
  base: './',
  plugins: [react()],
  build: {
    outDir: '../../dist/ui',
    emptyOutDir: true,
    target: 'es2022',
    // The CSP allows no data: fonts and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': server, '/querier.v1.QuerierService': server, '/ingest': server, '/ready': server } },
});
