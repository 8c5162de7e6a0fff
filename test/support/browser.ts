import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The system's Chromium, or undefined where there is none: tests that look at pages are then skipped. */
export async function openBrowser(): Promise<Browser | undefined> {
  const executablePath = PLACES.find(existsSync);
  return executablePath === undefined
    ? undefined
    : chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
