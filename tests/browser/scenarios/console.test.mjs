// The console in a browser. Against WEFT_URL when it is set, else against the stub gateway of this folder.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startBrowser, visit } from '../browser.mjs';
import { operation, response, run, stop, typeOperation, until } from '../console-page.mjs';
import { startGateway } from '../stub/gateway.mjs';
import { targetFor } from '../target.mjs';

let browser;
let gateway;
let target;

before(async () => {
  gateway = process.env.WEFT_URL ? { url: process.env.WEFT_URL, stop: async () => {} } : await startGateway();
  target = await targetFor(gateway.url);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
});

/** A test with a page of its own. Whatever it does, all stays on the origin and within the policy. */
function scenario(name, play) {
  test(name, async () => {
    const visitor = await visit(browser, gateway.url);
    try {
      await play(visitor.page);
      const origin = new URL(gateway.url).host;
      assert.deepEqual(visitor.seen.requests.filter((url) => new URL(url).host !== origin), [], 'requests to other origins');
      assert.deepEqual(visitor.seen.refused, [], 'refusals of the content security policy');
    } finally {
      await visitor.close();
    }
  });
}

scenario('a_typed_query_shows_its_result', async (page) => {
  await typeOperation(page, '{ kind: __typename }');
  await run(page);
  await until(() => response(page), (text) => text.includes('"kind": "Query"'));
});

scenario('the_keyboard_runs_the_query', async (page) => {
  await typeOperation(page, '{ byKeyboard: __typename }');
  await page.keyboard.press('Control+Enter');
  await until(() => response(page), (text) => text.includes('"byKeyboard": "Query"'));
});

scenario('headers_of_the_editor_travel_with_the_query', async (page) => {
  await typeOperation(page, '{ __typename }');
  await page.getByRole('button', { name: 'Headers', exact: true }).click();
  await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .monaco-editor').first().click();
  await page.keyboard.type('{ "x-trace": "seven" }');
  const [request] = await Promise.all([page.waitForRequest((sent) => sent.url().endsWith('/graphql')), run(page)]);
  assert.equal(request.headers()['x-trace'], 'seven');
});

scenario('a_broken_query_shows_the_error', async (page) => {
  await typeOperation(page, '{ nothingOfThisName }');
  await run(page);
  const text = await until(() => response(page), (shown) => shown.includes('"errors"'));
  assert.match(text, /nothingOfThisName/);
});

scenario('variables_that_are_no_json_are_explained', async (page) => {
  await page.getByRole('button', { name: 'Variables', exact: true }).click();
  await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .monaco-editor').first().click();
  await page.keyboard.type('{ first: ');
  await run(page);
  await until(() => response(page), (text) => text.includes('Variables'));
});

scenario('the_explorer_inserts_a_field', async (page) => {
  await typeOperation(page, '{ __typename }');
  await page.getByRole('button', { name: /GraphiQL Explorer/ }).click();
  const field = page.locator(`.graphiql-explorer-field-view, .graphiql-explorer-${target.field}`).getByText(target.field, { exact: true }).first();
  await field.click();
  const text = await until(() => operation(page), (shown) => shown.includes(target.field));
  assert.match(text, /^\s*(query \w*\s*)?\{/);
});

scenario('the_documentation_lists_the_types_of_the_graph', async (page) => {
  await page.getByRole('button', { name: /Documentation Explorer/ }).click();
  await page.locator('.graphiql-doc-explorer').getByText('Query', { exact: true }).first().click();
  await page.locator('.graphiql-doc-explorer').getByText(target.field, { exact: true }).first().waitFor();
});

scenario('a_first_visit_opens_operations_that_fit_the_graph', async (page) => {
  await until(() => operation(page), (text) => text.includes(target.example));
  assert.deepEqual(await page.getByRole('tab').allInnerTexts(), target.tabs);
  await run(page);
  const text = await until(() => response(page), (shown) => shown.includes('"data"') || shown.includes('"errors"'));
  assert.doesNotMatch(text, /"errors"/);
});

scenario('deferred_parts_are_put_into_the_response_when_they_come', async (page) => {
  const { deferred } = target;
  await typeOperation(page, deferred.operation);
  await run(page);
  const first = await until(() => response(page), (text) => text.includes(deferred.first));
  // The parts of a quick gateway may come together; the stub's come a second apart.
  if (target.showsPlans) assert.ok(!first.includes(deferred.later), first);
  const whole = await until(() => response(page), (text) => text.includes(deferred.later));
  assert.ok(whole.includes(deferred.first), whole);
  assert.doesNotMatch(whole, /hasNext|pending|incremental|errors/);
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
});

scenario('a_subscription_shows_its_events', async (page) => {
  await typeOperation(page, target.subscription.operation);
  await run(page);
  await target.subscription.trigger();
  await until(() => response(page), (text) => target.subscription.event.test(text));
  if (target.subscription.endless) await stop(page);
});

scenario('the_plan_panel_shows_the_plan_or_says_how_to_get_one', async (page) => {
  await page.getByRole('button', { name: /Query plan/ }).click();
  await page.getByLabel('Ask for the plan with each operation').check();
  await run(page);
  const panel = page.getByRole('region', { name: 'Query plan' });
  const text = await until(() => panel.innerText(), (shown) => target.plan.test(shown) || shown.includes('carries no plan'));
  if (target.showsPlans) assert.match(text, target.plan);
  assert.doesNotMatch(await response(page), /queryPlan/);
});

scenario('the_editor_knows_defer', async (page) => {
  await typeOperation(page, '{ ... @defer(if: true, label: "a") { __typename } }');
  await page.waitForTimeout(1000);
  assert.equal(await page.locator('.squiggly-error').count(), 0);
  await typeOperation(page, '{ ... @later { __typename } }');
  await page.locator('.squiggly-error').first().waitFor();
});

scenario('on_a_narrow_screen_the_response_stands_below_the_operation', async (page) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const editors = await page.locator('.graphiql-editors').boundingBox();
  const response = await page.locator('.graphiql-response').boundingBox();
  assert.ok(response.y >= editors.y + editors.height, 'it stands beside it');
  assert.ok(response.width > 250 && response.height > 250, `it is ${response.width} wide and ${response.height} high`);
});

scenario('a_returning_visitor_finds_the_operation_of_before', async (page) => {
  await typeOperation(page, '{ kept: __typename }');
  await until(() => page.evaluate(() => localStorage.getItem('graphiql:tabState') ?? ''), (tabs) => tabs.includes('kept'));
  await page.reload();
  await until(() => operation(page), (text) => text.includes('kept: __typename'));
});

scenario('the_stop_button_ends_a_query_that_takes_too_long', async (page) => {
  await page.route('**/graphql', () => {}); // Never answered.
  await typeOperation(page, '{ __typename }');
  await run(page);
  const [ended] = await Promise.all([page.waitForEvent('requestfailed'), stop(page)]);
  assert.match(ended.failure().errorText, /ABORTED/);
});

scenario('an_answer_that_is_no_graphql_is_explained', async (page) => {
  await page.route('**/graphql', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }));
  await typeOperation(page, '{ __typename }');
  await run(page);
  await until(() => response(page), (text) => text.includes('status 502') && text.includes('Bad Gateway'));
});

test('the_endpoint_that_the_server_names_is_asked', () =>
  withStub({ endpoint: '/shop/graphql' }, async (page) => {
    await typeOperation(page, '{ kind: __typename }');
    await run(page);
    await until(() => response(page), (text) => text.includes('"kind": "Query"'));
  }));

test('a_gateway_that_is_gone_is_named_in_the_response', () =>
  withStub({}, async (page, stub) => {
    await stub.stop();
    await typeOperation(page, '{ __typename }');
    await run(page);
    await until(() => response(page), (text) => text.includes('is the gateway running?'));
  }));

/** Plays against a stub of its own, whatever the other tests run against. */
async function withStub(options, play) {
  const stub = await startGateway(options);
  const visitor = await visit(browser, stub.url);
  try {
    await play(visitor.page, stub);
  } finally {
    await visitor.close();
    await stub.stop();
  }
}
