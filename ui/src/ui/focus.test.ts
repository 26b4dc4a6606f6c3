import { beforeEach, expect, test } from "vitest";
import { giveBack, startInside } from "./focus";

function button(name: string, within: HTMLElement = document.body): HTMLButtonElement {
  const made = document.createElement("button");
  made.textContent = name;
  within.append(made);
  return made;
}

function layer(): { node: HTMLElement; inner: HTMLButtonElement; close: () => void } {
  const node = document.createElement("div");
  node.tabIndex = -1;
  const inner = button("inner", node);
  inner.dataset.autofocus = "true";
  document.body.append(node);
  startInside(new Event("open"), node);
  return {
    node,
    inner,
    close: () => {
      node.remove();
      giveBack(new Event("close"));
    },
  };
}

beforeEach(() => document.body.replaceChildren());

test("focus goes back to what opened the layer", async () => {
  const opener = button("open");
  opener.focus();
  const one = layer();
  expect(one.inner).toHaveFocus();
  one.close();
  await Promise.resolve();
  expect(opener).toHaveFocus();
});

test("a layer that another one follows does not take the focus out of it, and the last one finds the first opener", async () => {
  const opener = button("open");
  opener.focus();
  const plan = layer();
  const run = layer();
  plan.close();
  await Promise.resolve();
  expect(run.inner).toHaveFocus();
  run.close();
  await Promise.resolve();
  expect(opener).toHaveFocus();
});

test("an opener that is gone is not given the focus", async () => {
  const opener = button("open");
  opener.focus();
  const one = layer();
  opener.remove();
  one.close();
  await Promise.resolve();
  expect(document.body).toHaveFocus();
});
