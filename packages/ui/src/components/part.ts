/** What every part of the dialog is handed: what it shows, and whom it asks when somebody presses something. */
import type { Situation } from '../model/situation.ts';
import type { Updates } from '../model/updates.ts';
import type { ModalView } from '../model/view-model.ts';

export interface Part {
  readonly modal: ModalView;
  readonly situation: Situation;
  readonly updates: Updates;
}
