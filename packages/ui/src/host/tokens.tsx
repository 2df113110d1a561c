/** What programs show in the place of a password: made here, shown once, and revoked after a question. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { CopyButton } from '../components/copy-button.tsx';
import type { Problem } from '../model/situation.ts';
import { problemSentence } from '../model/words.ts';
import { Mistake, useAsked, Waiting } from './card.tsx';
import type { Device } from './device.ts';
import { usePageLanguage } from './language.tsx';
import { tokenMistake, tokensView, type VisitorView } from './model/access-view.ts';
import type { NewToken } from './model/page-commands.ts';
import { Visitor } from './visitor.tsx';

interface RevokeProps {
  readonly token: VisitorView;
  readonly onRevoke: () => void;
}

function Revoke({ token, onRevoke }: RevokeProps): JSX.Element {
  const language = usePageLanguage();
  const { access: words } = language.page;
  const [isAsking, setAsking] = useState(false);
  const [asking, wayOut] = [useRef<HTMLButtonElement>(null), useRef<HTMLButtonElement>(null)];
  const wasAsking = useRef(false);
  useLayoutEffect(() => {
    // On the way out, and afterwards back to where the question came from.
    if (isAsking) wayOut.current?.focus();
    else if (wasAsking.current) asking.current?.focus();
    wasAsking.current = isAsking;
  }, [isAsking]);
  const facts = { name: token.name };
  if (!isAsking) {
    return (
      <button
        type="button"
        class="plain"
        ref={asking}
        aria-label={language.fill(words.revokeName, facts)}
        onClick={() => setAsking(true)}
      >
        {words.revoke}
      </button>
    );
  }
  return (
    <div class="question">
      <p id={`revoke-${token.id}`}>{language.fill(words.revokeQuestion, facts)}</p>
      <button
        type="button"
        class="plain"
        ref={wayOut}
        aria-describedby={`revoke-${token.id}`}
        onClick={() => setAsking(false)}
      >
        {words.keep}
      </button>
      <button type="button" class="danger" onClick={onRevoke}>
        {words.revoke}
      </button>
    </div>
  );
}

function Once({ token, onDone }: { token: NewToken; onDone: () => void }): JSX.Element {
  const language = usePageLanguage();
  const { access: words } = language.page;
  const place = useRef<HTMLElement>(null);
  useLayoutEffect(() => place.current?.focus(), []);
  return (
    <section class="once" ref={place} tabIndex={-1} aria-labelledby="once">
      <p id="once">{language.fill(words.once, { name: token.name })}</p>
      <code>{token.token}</code>
      <p class="choices">
        <CopyButton text={token.token} />
        <button type="button" class="quiet" onClick={onDone}>
          {words.done}
        </button>
      </p>
    </section>
  );
}

interface FormProps {
  readonly mistake: string | undefined;
  readonly isBusy: boolean;
  readonly onCreate: (name: string, mayUpdate: boolean) => void;
}

function NewTokenForm({ mistake, isBusy, onCreate }: FormProps): JSX.Element {
  const { access: words } = usePageLanguage().page;
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const fields = new FormData(form);
    const name = fields.get('name');
    // A second one would be made beside the first, and the first never be shown.
    if (typeof name === 'string' && !isBusy)
      onCreate(name.trim(), fields.get('scope') === 'update');
  };
  return (
    <form class="fields" onSubmit={onSubmit}>
      <label for="token-name">{words.name}</label>
      <input
        id="token-name"
        name="name"
        required
        maxLength={60}
        autocomplete="off"
        aria-invalid={mistake !== undefined}
        aria-describedby="token-mistake"
      />
      <label for="token-scope">{words.scope}</label>
      <select id="token-scope" name="scope">
        <option value="read">{words.read}</option>
        <option value="update">{words.update}</option>
      </select>
      <div id="token-mistake">
        <Mistake text={mistake} />
      </div>
      <button type="submit" class="plain" aria-disabled={isBusy}>
        {words.create}
      </button>
    </form>
  );
}

export function Tokens({ device }: { readonly device: Device }): JSX.Element {
  const language = usePageLanguage();
  const { access: words } = language.page;
  const asked = useAsked(device.commands.tokens, undefined);
  const [fresh, setFresh] = useState<NewToken>();
  const [refused, setRefused] = useState<Problem>();
  const [mistake, setMistake] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const tokens = tokensView(asked.value?.tokens ?? [], language);

  const create = async (name: string, mayUpdate: boolean): Promise<void> => {
    setBusy(true);
    const answer = await device.commands.createToken(
      name,
      mayUpdate ? ['read', 'update'] : ['read'],
    );
    setBusy(false);
    setMistake(answer.ok ? undefined : tokenMistake(answer.error, language));
    if (answer.ok) setFresh(answer.value);
    await asked.again();
  };
  const revoke = async (id: string): Promise<void> => {
    const answer = await device.commands.revokeToken(id);
    setRefused(answer.ok ? undefined : answer.error);
    if (fresh?.id === id) setFresh(undefined);
    await asked.again();
  };
  return (
    <section aria-labelledby="tokens">
      <h3 id="tokens">{words.tokens}</h3>
      <p class="meta">{words.tokensHint}</p>
      <Waiting asked={asked} />
      <ul class="visitors">
        {tokens.map((token) => (
          <Visitor key={token.id} visitor={token}>
            <Revoke token={token} onRevoke={() => void revoke(token.id)} />
          </Visitor>
        ))}
      </ul>
      {asked.value?.tokens.length === 0 ? <p class="meta">{words.noTokens}</p> : null}
      <Mistake text={refused && problemSentence(refused, language)} />
      {fresh === undefined ? (
        <NewTokenForm
          mistake={mistake}
          isBusy={isBusy}
          onCreate={(name, mayUpdate) => void create(name, mayUpdate)}
        />
      ) : (
        <Once token={fresh} onDone={() => setFresh(undefined)} />
      )}
    </section>
  );
}
