/**
 * `vite build` makes the small host page with hashed assets; `--mode element` adds `pikit-updates.js`, the element for
 * any page, and the files that it loads later; `--mode gallery` builds the story gallery instead, which is never part of a release.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const oxc: NonNullable<UserConfig['oxc']> = {
  jsx: { runtime: 'automatic', importSource: 'preact' },
};

/** Browsers that know light-dark(): rewritten for older ones it would no longer follow the host page's colour scheme. */
const target = ['chrome123', 'firefox128', 'safari17.5'];

/** How long a plugin takes on a slow device is nothing to warn anybody of. */
const checks = { pluginTimings: false };

/** Asks the browser to compile every function while the file still comes, beside the main thread, and not there one by one at a click. */
const COMPILE_AHEAD = '//# allFunctionsCalledOnLoad';

/**
 * What the element loads later gets all that it is made of in a copy of its own. Else it would import some of it back from the
 * element's file by that file's name: under another address, such as `pikit-updates.js?v=3`, the browser would load and run all of
 * that once more.
 */
function apart(...entries: readonly string[]): Plugin {
  const marks = entries.map((entry, at) => [entry, `apart${String(at)}`] as const);
  return {
    name: 'pikit-apart',
    enforce: 'pre',
    async resolveId(source, importer, options) {
      const [, around] = marks.find(([, mark]) => importer?.endsWith(mark)) ?? [];
      const from = around === undefined ? importer : importer?.slice(0, -around.length - 1);
      const found = await this.resolve(source, from, { ...options, skipSelf: true });
      const [, mark] = marks.find(([entry]) => entry === found?.id) ?? [undefined, around];
      if (found === null || mark === undefined) return null;
      return `${found.id}${found.id.includes('?') ? '&' : '?'}${mark}`;
    },
  };
}

/** An import that failed may be remembered by its address for ever: each later attempt has another (`load-dialog.ts`). */
function anotherAddress(): Plugin {
  return {
    name: 'pikit-another-address',
    apply: 'build',
    renderChunk: (code) =>
      code.replaceAll(
        /\bimport\((["'`])(\.\/[^"'`]+)\1\)/g,
        'import("$2" + (import.meta.attempt ? "?" + import.meta.attempt : ""))',
      ),
  };
}

/** In a build of its own, because a shared chunk would tie the file to the host page's hashed assets. */
const element: UserConfig = {
  publicDir: false,
  plugins: [apart(here('src/filling-english.ts'), here('src/filling-german.ts')), anotherAddress()],
  build: {
    target,
    minify: true,
    emptyOutDir: false,
    lib: {
      entry: here('src/element.ts'),
      formats: ['es'],
      fileName: () => 'pikit-updates.js',
    },
    // vite leaves the spaces in a library's ES file; this one goes over a home network to phones.
    rolldownOptions: {
      checks,
      output: {
        minify: true,
        // Notes to a bundler, and nothing bundles it again.
        comments: { annotation: false },
        // Beside the page's: the api lets those be kept for ever, and has those of the release before.
        chunkFileNames: 'assets/pikit-[name]-[hash].js',
        postBanner: COMPILE_AHEAD,
      },
    },
  },
};

/** The host page needs a device; whoever works on the UI wants the stories, so the printed address leads there. */
function galleryFirst(): Plugin {
  return {
    name: 'pikit-gallery-first',
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (request.url !== '/') {
          next();
          return;
        }
        response.writeHead(302, { location: '/gallery.html' }).end();
      });
    },
  };
}

const page = (mode: string): UserConfig => ({
  plugins: [galleryFirst(), anotherAddress()],
  build: {
    target,
    modulePreload: { polyfill: false },
    // A data: address is not in the page's own origin, and the page's policy allows nothing else.
    assetsInlineLimit: 0,
    rolldownOptions: { checks, input: here(mode === 'gallery' ? 'gallery.html' : 'index.html') },
  },
});

export default defineConfig(({ mode }) => ({
  root: here('.'),
  // Relative, so that the page works under any path of a reverse proxy.
  base: './',
  oxc,
  server: { host: '127.0.0.1', open: false },
  ...(mode === 'element' ? element : page(mode)),
}));
