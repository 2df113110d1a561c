/**
 * Shows one language, asks until the api answers again, and then loads the page that was wanted. Without it the page can be read
 * all the same, in both languages.
 */
const EVERY_MS = 3000;

const german = (navigator.languages?.[0] ?? navigator.language ?? '')
  .toLowerCase()
  .startsWith('de');
const shown = document.querySelector(`article[lang=${german ? 'de' : 'en'}]`);
for (const article of document.querySelectorAll('article')) article.hidden = article !== shown;
document.documentElement.lang = shown.lang;
document.title = shown.querySelector('h1').textContent;

const status = shown.querySelector('[role=status]');
const begun = performance.now();
let asked = 0;

async function ask() {
  asked += 1;
  try {
    const response = await fetch('/api/health', { cache: 'no-store' });
    // What else may listen on that port answers, too, and then the page would load itself again and again.
    if (response.ok && 'agent' in (await response.json())) {
      location.reload();
      return;
    }
  } catch {
    // because a device that cannot be reached is asked again, too
  }
  const seconds = String(Math.round((performance.now() - begun) / 1000));
  status.textContent = status.dataset.waiting.replace('{n}', String(asked)).replace('{s}', seconds);
  setTimeout(() => void ask(), EVERY_MS);
}

void ask();
