/** The sample page's own script: shows which version this page is, read from the page itself. */
const version = document.querySelector('meta[name="version"]')?.getAttribute('content') ?? '';
const badge = document.querySelector('#version');
if (badge) badge.textContent = `v${version}`;
