import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.FLOORCAST_DEV_SERVER ?? 'http://localhost:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['chrome87', 'firefox90', 'safari14.1'],
    // Data URLs would need a wider Content-Security-Policy than our own fonts and pictures deserve.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // The wire schemas are checked by the server; without this their zod would travel to every screen.
      treeshake: { manualPureFunctions: ['z'] },
    },
  },
  server: {
    proxy: {
      '/api': server,
      '/live': { target: server, ws: true },
    },
  },
});
