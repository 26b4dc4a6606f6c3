import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  // The window loads its pages from the binary: every path is relative, nothing is inlined (content policy).
  base: "./",
  plugins: [svelte()],
  // It comes from the program itself, not over a network: one file is read faster than several.
  build: { chunkSizeWarningLimit: 800, target: "safari16", assetsInlineLimit: 0, modulePreload: { polyfill: false }, cssCodeSplit: false },
});
