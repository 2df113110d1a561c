/** What the closed or empty dialog says in English is complete for every closed list of the protocol. */
import { describe } from 'vitest';
import { englishChip } from '../../src/catalogue/english-chip.ts';
import { keepsTheRulesOfTheChip } from '../support/catalogue-rules.ts';

describe('englishChip', () => keepsTheRulesOfTheChip(englishChip));
