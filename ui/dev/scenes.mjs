// Each screen, how it is reached, and at which sizes it is looked at.
const BOTH = [[1280, 800], [900, 600]];
// The smallest picture of a window with text at 200 %.
const ZOOMED = [[640, 450]];
const current = (name) => `document.querySelector('[data-testid=editor] h2')?.textContent === '${name}'`;
const open = async (page, at, name) => {
  await page.until("document.querySelectorAll('[data-testid=draft-row]').length > 5");
  await page.script(`document.querySelectorAll('[data-testid=draft-row]')[${at}].click()`);
  await page.until(current(name));
};
const plan = async (page) => {
  await page.click("[data-testid=publish]");
  await page.until("document.querySelector('[data-testid=plan-row]')");
};

export const SCENES = [
  {
    name: "main", sizes: BOTH,
    act: async (page) => {
      await page.until(current("checkout-login"));
      for (const at of [0, 1, 2]) await page.script(`document.querySelectorAll('[data-testid=draft-row]')[${at}].dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: true }))`);
      await page.script("document.querySelectorAll('[data-testid=draft-row]')[0].click()");
      await page.until(current("checkout-login"));
      await page.type("[data-testid=field-description]", "Signs in to the checkout journey, v2 storefront.");
      await page.pause(400);
    },
  },
  { name: "certificate", act: (page) => open(page, 1, "payments-mtls-client"), sizes: BOTH },
  { name: "external", act: (page) => open(page, 4, "sap-gateway-monitor"), sizes: BOTH },
  { name: "snmp", act: (page) => open(page, 5, "core-switches-snmp"), themes: ["dark"] },
  {
    name: "secret-typed", themes: ["dark", "light"],
    act: async (page) => {
      await page.until(current("checkout-login"));
      await page.type("[data-testid=secret-password]", "harbor-quartz-92");
      await page.type("[data-testid=field-user]", "shop:robot");
      await page.until("document.body.textContent.includes('colon')");
    },
  },
  { name: "plan", sizes: BOTH, act: async (page) => { await page.until(current("checkout-login")); await plan(page); await page.type("[data-testid=confirm-name]", "prod-eu"); } },
  { name: "running", query: "hold", act: async (page) => { await page.until(current("checkout-login")); await plan(page); await page.type("[data-testid=confirm-name]", "prod-eu"); await page.click("[data-testid=apply-plan]"); await page.until("document.querySelector('[data-testid=run-item]')"); } },
  { name: "report", sizes: BOTH, act: async (page) => { await page.until(current("checkout-login")); await plan(page); await page.type("[data-testid=confirm-name]", "prod-eu"); await page.click("[data-testid=apply-plan]"); await page.until("document.querySelector('[data-testid=report-sheet]')"); } },
  { name: "new-set", sizes: BOTH, act: (page) => page.click("[data-testid=new-draft]") },
  { name: "new-external", act: async (page) => { await page.click("[data-testid=new-draft]"); await page.click("[data-testid=external-HASHICORP_VAULT_APPROLE]"); await page.type("[data-testid=new-sheet] [data-testid=field-name]", "sap-gateway-monitor"); } },
  { name: "new-certificate", act: async (page) => { await page.click("[data-testid=new-draft]"); await page.click("[data-testid=type-CERTIFICATE]"); } },
  { name: "history", themes: ["dark"], act: async (page) => { await page.until(current("checkout-login")); await page.click("[data-testid=view-history]"); await page.until("document.querySelector('.history-row')"); } },
  {
    name: "per-environment", sizes: BOTH,
    act: async (page) => {
      await page.until(current("checkout-login"));
      await page.click("[data-testid=override-edit-prod-us]");
      await page.click("[data-testid=there-scopes]");
      await page.script("const one = document.querySelector('[data-testid=per-environment]'); one.closest('.pane-body').scrollTop = one.offsetTop - 100;");
    },
  },
  { name: "rotate-start", sizes: BOTH, act: async (page) => { await page.until(current("checkout-login")); await page.click("[data-testid=more-actions]"); await page.click("[data-testid=rotate-secret]"); await page.until("document.querySelector('[data-testid=rotate-start]')"); } },
  { name: "rotate-progress", query: "rotating", sizes: BOTH, act: async (page) => { await page.click("[data-testid=rotation-banner] button"); await page.click("[data-testid=back-staging]"); await page.until("document.querySelector('[data-testid=back-before]')"); } },
  { name: "rotation-banner", query: "rotating", themes: ["dark"], act: (page) => page.until("document.querySelector('[data-testid=rotation-banner]')") },
  { name: "group", sizes: BOTH, act: async (page) => { await page.click("nav [title=prod-eu]"); await page.click("[data-testid=group-row]"); await page.until("document.querySelector('[data-testid=group-sheet]')"); } },
  { name: "zoom-per-environment", sizes: ZOOMED, themes: ["light"], act: async (page) => { await page.until(current("checkout-login")); await page.click("[data-testid=override-edit-prod-us]"); await page.script("const one = document.querySelector('[data-testid=per-environment]'); one.closest('.pane-body').scrollTop = one.offsetTop - 100;"); } },
  { name: "zoom-rotate", query: "rotating", sizes: ZOOMED, themes: ["light"], act: async (page) => { await page.click("[data-testid=rotation-banner] button"); await page.until("document.querySelector('[data-testid=rotated]')"); } },
  { name: "environments", sizes: BOTH, act: (page) => page.click("nav [title=prod-eu]") },
  { name: "environment-new", themes: ["light"], act: async (page) => { await page.click("nav [title=prod-eu]"); await page.click("[data-testid=env-add]"); } },
  { name: "activity", act: async (page) => { await page.click("[data-testid=nav-activity]"); await page.until("document.querySelectorAll('[data-testid=activity-row]').length > 3"); await page.script("document.querySelectorAll('[data-testid=activity-row] button')[2].click()"); } },
  { name: "settings", sizes: BOTH, act: (page) => page.click("[data-testid=nav-settings]") },
  { name: "zoom-main", sizes: ZOOMED, act: (page) => page.until(current("checkout-login")) },
  { name: "zoom-plan", sizes: ZOOMED, themes: ["light"], act: async (page) => { await page.until(current("checkout-login")); await plan(page); } },
  { name: "zoom-new", sizes: ZOOMED, themes: ["light"], act: async (page) => { await page.click("[data-testid=new-draft]"); await page.click("[data-testid=external-HASHICORP_VAULT_APPROLE]"); } },
  { name: "zoom-environments", sizes: ZOOMED, themes: ["light"], act: (page) => page.click("nav [title=prod-eu]") },
  { name: "banner", query: "ending" },
  { name: "leave", act: async (page) => { await page.until(current("checkout-login")); await page.type("[data-testid=field-description]", "edited"); await page.click("[data-testid=lock]"); await page.until("document.querySelector('[data-testid=leave-dialog]')"); } },
  { name: "palette", act: async (page) => { await page.until(current("checkout-login")); await page.press("k", true); await page.type("[data-testid=palette-input]", "pay"); await page.until("document.querySelectorAll('[data-testid=palette-item]').length >= 3"); } },
  { name: "publish-menu", themes: ["light"], act: async (page) => { await page.until(current("checkout-login")); await page.click("[aria-label='Choose environments']"); } },
  { name: "toast", themes: ["light"], act: async (page) => { await page.until(current("checkout-login")); await page.script("const list = document.querySelector('[role=listbox]'); list.focus(); list.dispatchEvent(new KeyboardEvent('keydown', { key: 'Delete', bubbles: true }))"); await page.until("document.querySelector('.toast')"); } },
  { name: "empty", query: "empty&bare", themes: ["light"] },
  { name: "nothing-found", themes: ["light"], act: async (page) => { await page.type("#filter-drafts", "payrolx"); await page.until("document.querySelector('.pane--list .empty')"); } },
  { name: "many", query: "many=100000", themes: ["dark"], act: async (page) => { await page.until("document.querySelectorAll('[data-testid=draft-row]').length > 5"); await page.script("document.querySelector('[role=listbox]').scrollTop = 1800000"); await page.until("document.querySelector('[data-testid=draft-row] b')"); } },
  { name: "first-run", query: "state=absent", sizes: BOTH },
  { name: "first-run-broken", query: "state=absent&keyring=keyringAbsent", themes: ["light"] },
  { name: "vault-ready", query: "state=absent", act: async (page) => { await page.until("document.querySelector('[data-testid=create-vault]')?.disabled === false"); await page.click("[data-testid=create-vault]"); await page.until("document.querySelector('[data-testid=start-sandbox]')"); } },
  { name: "lock", query: "state=locked", sizes: BOTH },
  { name: "keyring-error", query: "state=locked&keyring=keyringAbsent", sizes: BOTH, act: async (page) => { await page.click("[data-testid=unlock]"); await page.until("document.querySelector('[data-testid=screen-keyring-error]')"); } },
];
