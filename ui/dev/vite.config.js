import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The policy of the real window, so that what it forbids fails here as well.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export default defineConfig({
  root: "dev",
  plugins: [svelte({ configFile: "../svelte.config.js" })],
  build: {
    target: "safari16",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    outDir: "../node_modules/.sample",
    emptyOutDir: true,
    rolldownOptions: { input: "dev/dev.html" },
  },
  server: { fs: { allow: [".."] } },
  preview: { host: "127.0.0.1", port: 4319, strictPort: true, headers: { "Content-Security-Policy": policy } },
});
