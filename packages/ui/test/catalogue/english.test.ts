/** The catalogue in English is complete for every closed list of the protocol. */
import { describe } from 'vitest';
import { english } from '../../src/catalogue/english.ts';
import { keepsTheRules } from '../support/catalogue-rules.ts';

describe('english', () => keepsTheRules(english));
