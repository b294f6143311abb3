package io.circuitbreaker.llm.dialect.anthropic;

import java.util.regex.Pattern;

/** A client's word for its user, which Anthropic takes only if nobody can be recognized by it. */
final class UserId {

    private static final int MAX_LENGTH = 256;
    private static final Pattern EMAIL = Pattern.compile("\\S@\\S");
    /** At most as many digits as ITU-T E.164 allows: longer numbers are ids. */
    private static final Pattern PHONE = Pattern.compile("\\+?(?:[\\s().-]*\\d){7,15}[\\s().-]*");

    private UserId() {
    }

    static boolean isTaken(String user) {
        return user.length() <= MAX_LENGTH && !EMAIL.matcher(user).find() && !PHONE.matcher(user).matches();
    }
}
