package io.circuitbreaker.llm.routing;

/**
 * Joins a continuation to the text before it. Holds the new text back as long as it can still turn out to be a repetition,
 * which is as long as all of it stands somewhere in the old text: usually for a few words. Never more is held than was
 * delivered. For one thread.
 */
final class Seam {

    private final Overlap overlap;
    private final String before;
    private final StringBuilder held = new StringBuilder();
    private int at;
    private boolean open = true;

    Seam(Overlap overlap) {
        this.overlap = overlap;
        this.before = overlap.delivered();
    }

    /** @return what of all that has come may be handed on now */
    String add(String text) {
        if (!open || text.isEmpty()) {
            return text;
        }
        boolean fits = before.startsWith(text, at + held.length());
        held.append(text);
        if (!fits) {
            // Where it did not fit before it does not fit now.
            at = before.indexOf(held.toString(), at);
        }
        return isUndecided() ? "" : rest();
    }

    private boolean isUndecided() {
        boolean mayGetLonger = at >= 0 && at + held.length() < before.length();
        return mayGetLonger || at >= 0 && !overlap.isAllOf(held.toString());
    }

    /** What is held, without what has been said before. Nothing is held after this. */
    String rest() {
        if (!open) {
            return "";
        }
        open = false;
        return held.substring(overlap.in(held.toString()));
    }
}
