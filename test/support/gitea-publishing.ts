/**
 * The half of Gitea's API that publishes (`routers/api/v1/repo/release.go`, `release_attachment.go`): releases and their
 * attachments are made, changed and deleted by whoever has the token. A tag has one release; names of files may come twice.
 */
import { refuse, sendJson, type Exchange } from './exchange.ts';
import { assetJson, releaseJson, type Place, type StoredRelease } from './gitea-json.ts';
import { bodyOf, membersOf, sentRelease } from './publishing-request.ts';
import type { ReleaseStore } from './release-store.ts';

interface Needs {
  readonly place: Place;
  readonly store: ReleaseStore;
}

/** A document, or undefined where the status says it all. */
interface Done {
  readonly status: number;
  readonly document?: unknown;
}

const NOT_FOUND: Done = { status: 404 };

/** `rest` is the path behind `/releases`; the token was looked at already. */
export function createGiteaPublishing({ place, store }: Needs) {
  const shown = (status: number, release: StoredRelease | undefined): Done =>
    release === undefined ? NOT_FOUND : { status, document: releaseJson(release, place) };

  const create = async ({ request }: Exchange): Promise<Done> => {
    const sent = await sentRelease(request);
    const { tag_name: tag, name } = sent;
    if (tag === undefined || tag === '') return { status: 422 };
    // Drafts as well; a tag that is there without a release is no obstacle.
    if (store.all().some((release) => release.tag.toLowerCase() === tag.toLowerCase())) {
      return { status: 409 };
    }
    const added = store.add({ version: name ?? tag, tag, assets: [] });
    return shown(201, store.change(added.id, { ...membersOf(sent), draft: sent.draft ?? false }));
  };

  const upload = async ({ request, url }: Exchange, id: number): Promise<Done> => {
    if (!store.all().some((release) => release.id === id)) return NOT_FOUND;
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(await bodyOf(request), { headers }).formData();
    const file = form.get('attachment');
    if (file === null || typeof file === 'string') return { status: 400 };
    const content = new Uint8Array(await file.arrayBuffer());
    const name = url.searchParams.get('name') ?? file.name;
    const asset = store.attach(id, { name, content });
    const release = store.all().find((release) => release.id === id);
    if (asset === undefined || release === undefined) return NOT_FOUND;
    return { status: 201, document: assetJson(release, asset, place) };
  };

  const removeAsset = (id: number, assetId: number): Done => {
    const release = store.all().find((release) => release.id === id);
    const rest = release?.assets.filter((asset) => asset.id !== assetId);
    if (release === undefined || rest?.length === release.assets.length) return NOT_FOUND;
    store.change(id, { assets: rest ?? [] });
    return { status: 204 };
  };

  const carryOut = async (exchange: Exchange, rest: string): Promise<Done> => {
    const { request } = exchange;
    const [, id = '', assets, assetId] = /^\/(\d+)(?:\/(assets)(?:\/(\d+))?)?$/.exec(rest) ?? [];
    const number = Number(id);
    const release = store.all().find((release) => release.id === number);
    switch (`${request.method ?? ''} ${assets ?? (id === '' ? rest : 'release')}`) {
      case 'POST ':
        return create(exchange);
      case 'PATCH release':
        return shown(200, store.change(number, membersOf(await sentRelease(request))));
      case 'DELETE release':
        store.remove(number);
        return release === undefined ? NOT_FOUND : { status: 204 };
      case 'POST assets':
        return upload(exchange, number);
      case 'DELETE assets':
        return removeAsset(number, Number(assetId));
      default:
        return { status: 405 };
    }
  };

  return async (exchange: Exchange, rest: string): Promise<void> => {
    const { status, document } = await carryOut(exchange, rest);
    if (exchange.fault.loseAnswer) exchange.response.destroy();
    else if (document !== undefined) sendJson(exchange, status, document);
    else if (status === 204) exchange.response.writeHead(204).end();
    else refuse(exchange, status);
  };
}
