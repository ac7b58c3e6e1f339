// @ts-check

/**
 * Runs a page until its program says that it has ended.
 * @param {import("playwright").Browser} browser
 * @param {string} address
 * @returns {Promise<string[]>} What went wrong: errors that nothing caught, and those of the console.
 */
export async function runPage(browser, address) {
  const page = await browser.newPage();
  /** @type {string[]} */
  const problems = [];
  try {
    const failed = new Promise((resolve) => {
      const fail = (/** @type {string} */ problem) => resolve(problems.push(problem));
      page.on("pageerror", (error) => fail(error.stack ?? error.message));
      page.on("console", (message) => {
        if (message.type() === "error") fail(`${message.text()} (${message.location().url})`);
      });
    });
    const ended = page
      .goto(address)
      .then(() => page.waitForFunction("globalThis.hasEnded", undefined, { timeout: 120_000 }))
      .catch((error) => problems.push(String(error)));
    await Promise.race([ended, failed]);
    // What still fails when the page closes is no problem of its program.
    return [...problems];
  } finally {
    await page.close();
  }
}
