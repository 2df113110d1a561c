/** Who may come in: signed-in devices, tokens for programs, and the password. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Device } from './device.ts';
import { Password } from './password.tsx';
import { Sessions } from './sessions.tsx';
import { Tokens } from './tokens.tsx';

export function Access({ device }: { readonly device: Device }): JSX.Element {
  const [changes, setChanges] = useState(0);
  return (
    <div class="parts">
      <Sessions device={device} about={changes} />
      <Tokens device={device} />
      <Password device={device} onChanged={() => setChanges(changes + 1)} />
    </div>
  );
}
