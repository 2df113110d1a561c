/** Every code has words in German, and they read well with and without its facts. */
import { describe } from 'vitest';
import { germanErrors } from '../../src/catalogue/german-errors.ts';
import { keepsTheRulesOfErrors } from '../support/catalogue-rules.ts';

describe('germanErrors', () => keepsTheRulesOfErrors('de', germanErrors));
