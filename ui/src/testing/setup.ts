import "@testing-library/jest-dom/vitest";
// Takes away what a test rendered before the next one renders.
import "@testing-library/svelte/vitest";

// What jsdom does not have. A test of what needs the real WebCrypto runs without jsdom.
if (typeof window !== "undefined") {
  Element.prototype.scrollIntoView = () => undefined;
  window.matchMedia = (media) => Object.assign(new EventTarget(), { media, matches: false, onchange: null, addListener: () => undefined, removeListener: () => undefined }) as MediaQueryList;
  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  } as unknown as typeof ResizeObserver;
}
