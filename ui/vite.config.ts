import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  // The window loads its pages from the binary: every path is relative, nothing is inlined (content policy).
  base: "./",
  plugins: [svelte()],
  build: { target: "safari16", assetsInlineLimit: 0, modulePreload: { polyfill: false }, cssCodeSplit: false },
});
