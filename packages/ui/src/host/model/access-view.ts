/** Who may come in: signed-in devices and tokens, in words by which their owner recognises them. Pure. */
import type { Problem } from '../../model/situation.ts';
import { problemSentence } from '../../model/words.ts';
import type { Scope, Session, Token } from './page-commands.ts';
import type { PageLanguage } from './page-language.ts';

export interface VisitorView {
  readonly id: string;
  readonly name: string;
  readonly lines: readonly string[];
  /** The one that looks at the page. */
  readonly isOwn: boolean;
}

/** The first that fits: most browsers also call themselves what others are. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const nameIn = (names: typeof BROWSERS, text: string): string | undefined =>
  names.find(([pattern]) => pattern.test(text))?.[1];

/** "Firefox on Linux", or what a program calls itself. */
export function visitorName(userAgent: string | null, language: PageLanguage): string {
  const words = language.page.access;
  const text = userAgent?.trim() ?? '';
  if (text === '') return words.unknown;
  const [browser, system] = [nameIn(BROWSERS, text), nameIn(SYSTEMS, text)];
  if (browser !== undefined && system !== undefined) {
    return language.fill(words.browserOn, { browser, system });
  }
  return browser ?? (text.startsWith('Mozilla/') ? words.browser : (text.split(' ')[0] ?? text));
}

const momentOf = (ms: number, language: PageLanguage): string =>
  language.moment(new Date(ms).toISOString());

export function sessionsView(
  sessions: readonly Session[],
  language: PageLanguage,
): readonly VisitorView[] {
  const words = language.page.access;
  return sessions.map(({ id, userAgent, address, createdAt, usedAt, current }) => {
    const from = address === null ? [] : [language.fill(words.from, { address })];
    const at = [
      language.fill(words.signedIn, { at: momentOf(createdAt, language) }),
      language.fill(words.used, { at: momentOf(usedAt, language) }),
    ];
    const name = visitorName(userAgent, language);
    return { id, name, isOwn: current, lines: [...from, ...at] };
  });
}

function scopeWords(scopes: readonly Scope[], { page }: PageLanguage): string {
  const { read, update, updateOnly } = page.access;
  if (!scopes.includes('update')) return read;
  return scopes.includes('read') ? update : updateOnly;
}

export function tokensView(
  tokens: readonly Token[],
  language: PageLanguage,
): readonly VisitorView[] {
  const words = language.page.access;
  return tokens.map(({ id, name, scopes, createdAt, usedAt }) => {
    const used =
      usedAt === null
        ? words.neverUsed
        : language.fill(words.used, { at: momentOf(usedAt, language) });
    const created = language.fill(words.created, { at: momentOf(createdAt, language) });
    return { id, name, isOwn: false, lines: [scopeWords(scopes, language), created, used] };
  });
}

/** Why no token was made. */
export function tokenMistake(problem: Problem, language: PageLanguage): string {
  const { code, details } = problem;
  const words = language.page.access;
  if (details['reason'] === 'too-many-tokens') return language.fill(words.tooManyTokens, details);
  if (code === 'invalid-request') return words.nameUnfit;
  return problemSentence(problem, language);
}

/** Why the password was not changed: here `unauthenticated` may mean the password that was typed. */
export function passwordMistake(problem: Problem, language: PageLanguage): string {
  const words = language.page.password;
  const { details } = problem;
  if (details['reason'] === 'wrong-password') return words.wrong;
  if (details['reason'] === 'password-length') return language.fill(words.length, details);
  return problemSentence(problem, language);
}
