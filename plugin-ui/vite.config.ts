import { defineConfig } from 'vite';

/** Everything in files of our own origin, nothing inlined: the service's content security policy allows no more. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    sourcemap: false,
  },
});
