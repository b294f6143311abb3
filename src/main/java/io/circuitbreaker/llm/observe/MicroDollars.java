package io.circuitbreaker.llm.observe;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Amounts of money in whole millionths of a US dollar, for a counter that has no decimals. What is below one is kept for
 * the next amount, so that the sum is right however small its parts are. Thread-safe.
 */
final class MicroDollars {

    private static final int DECIMALS = 6;

    // guarded by this
    private BigDecimal rest = BigDecimal.ZERO;

    /** By how many millionths the sum of all amounts has grown. */
    synchronized long add(BigDecimal dollars) {
        BigDecimal sum = rest.add(dollars.movePointRight(DECIMALS));
        BigDecimal whole = sum.setScale(0, RoundingMode.FLOOR);
        rest = sum.subtract(whole);
        return whole.longValue();
    }
}
