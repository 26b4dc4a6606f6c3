import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["dist", "public", "src/bindings"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { window: "readonly", document: "readonly", localStorage: "readonly", crypto: "readonly",
      setTimeout: "readonly", clearTimeout: "readonly", setInterval: "readonly", clearInterval: "readonly",
      requestAnimationFrame: "readonly", matchMedia: "readonly", location: "readonly", FileReader: "readonly", btoa: "readonly", performance: "readonly", process: "readonly", fetch: "readonly", AbortSignal: "readonly", Buffer: "readonly", URL: "readonly" } } },
  { files: ["**/*.svelte", "**/*.svelte.ts"], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ["src/**/*.{ts,svelte}", "dev/*.ts"],
    ignores: ["src/host/tauri.ts"],
    rules: {
      "no-console": "error",
      "no-undef": "off",
      // Records with computed keys are used as sets on purpose: they are plain state that Svelte tracks.
      "@typescript-eslint/no-dynamic-delete": "off",
      // Only the host knows Tauri: everything else can run in a test or in another shell.
      "no-restricted-imports": ["error", { patterns: ["@tauri-apps/*"] }],
    },
  },
);
