// What a person does on the console's page, and what they then read.
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MILLISECONDS = 15_000;

export async function typeOperation(page, text) {
  const editor = page.locator('.graphiql-query-editor .monaco-editor').first();
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text);
  await page.keyboard.press('Escape');
}

export async function run(page) {
  await page.getByRole('button', { name: /execute query/i }).click();
}

export async function stop(page) {
  await page.getByRole('button', { name: /stop query/i }).click();
}

export const operation = (page) => textOf(page, '.graphiql-query-editor');
export const response = (page) => textOf(page, '.graphiql-response');

/** Waits until what `read` gives satisfies `expected`; gives it, or fails with the last that was read. */
export async function until(read, expected) {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const value = await read();
    if (expected(value)) return value;
    if (Date.now() > deadline) throw new Error(`never came: ${expected}; last seen: ${value}`);
    await pause(50);
  }
}

async function textOf(page, selector) {
  const lines = await page.locator(`${selector} .view-line`).evaluateAll((elements) =>
    elements
      .map((element) => ({ top: element.getBoundingClientRect().top, text: element.textContent ?? '' }))
      .sort((left, right) => left.top - right.top)
      .map((line) => line.text),
  );
  return lines.join('\n').replaceAll('\u00a0', ' ');
}
