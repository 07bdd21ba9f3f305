import type { Locator, Page } from '@playwright/test'

/**
 * Presses Kill in its dialog. Resolves with the time at which the browser sent it, in epoch milliseconds: the second that a
 * kill may take begins there, because how long a robot needs to find and click a button is not ours.
 */
export async function pressKill(page: Page, dialog: Locator): Promise<number> {
  const sentAt = page.waitForRequest((request) => request.url().endsWith('/kill')).then(() => Date.now())
  await dialog.getByRole('button', { name: 'Kill', exact: true }).click()
  return sentAt
}
