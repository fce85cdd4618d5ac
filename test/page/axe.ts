import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe has against the page as it is, all its rules, by rule and element. */
export async function violations(page: Page): Promise<string[]> {
  // The canvases stand still meanwhile: a machine without a graphics card paints them instead of getting on.
  await page.evaluate('globalThis.requestAnimationFrame = () => 0, undefined');
  // Not as a script element: the page's content security policy would refuse that, and rightly.
  await page.evaluate(axeSource);
  const { violations: found } = await page.evaluate<{ violations: Violation[] }>('axe.run(document)');
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}\n  ${html.slice(0, 200)}\n  ${failureSummary}`),
  );
}
