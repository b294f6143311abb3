package io.circuitbreaker.llm.provider;

/**
 * Whether a request failed while its connection was being made: nothing of it was sent then. A refusal has an exception
 * of its own, but an interrupt has the same one wherever it comes; only the stack tells where the thread was.
 */
final class Connecting {

    private Connecting() {
    }

    static boolean failed(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            for (StackTraceElement at : cause.getStackTrace()) {
                if (isConnect(at) || isHandshake(at)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isConnect(StackTraceElement at) {
        return at.getMethodName().equals("connect") && at.getClassName().equals("java.net.Socket");
    }

    /** Of TLS. What a connection says later is not in this method. */
    private static boolean isHandshake(StackTraceElement at) {
        return at.getMethodName().equals("startHandshake");
    }
}
