/** What the page says in English. */
import { describe } from 'vitest';
import { english } from '../../../src/host/catalogue/english.ts';
import { keepsTheRulesOfWords } from '../../support/catalogue-rules.ts';

describe('english', () => keepsTheRulesOfWords(english, english, 20));
