package io.circuitbreaker.llm.provider;

import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Whether more of an answer has arrived than was read. A read of a chunked body stops at the end of a chunk, which for
 * most providers is one event, so without this each event of a burst costs a flush of its own. {@code available()} does
 * not tell: at a chunk's end it says 0 whatever has come.
 *
 * <p>The JAX-RS client has no word for it, so its buffer is reached by reflection, once a stream; where that does not
 * work, or the body is not chunked, the answer is always no and each read is flushed.
 */
final class BufferedInput {

    static final BufferedInput UNKNOWN = new BufferedInput(null, null);

    private static final Logger LOG = Logger.getLogger(BufferedInput.class.getName());
    /** The end of the chunk that was read stays in the buffer; a few bytes more may be only a chunk's head. */
    private static final int WORTH_READING_IN_BYTES = 32;

    private final Object buffer;
    private final MethodHandle length;

    private BufferedInput(Object buffer, MethodHandle length) {
        this.buffer = buffer;
        this.length = length;
    }

    static BufferedInput of(Response response) {
        try {
            Object connection = field(response, "hc4Stream");
            Object chunked = connection instanceof InputStream ? field(connection, "wrappedStream") : null;
            boolean isChunked = chunked != null && chunked.getClass().getSimpleName().equals("ChunkedInputStream");
            return isChunked ? over(field(chunked, "in")) : UNKNOWN;
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            LOG.log(Level.FINE, "the JAX-RS client does not show its buffer; each read is flushed on its own", e);
            return UNKNOWN;
        }
    }

    private static BufferedInput over(Object buffer) throws ReflectiveOperationException {
        return new BufferedInput(buffer, Lengths.OF.get(buffer.getClass()));
    }

    private static Object field(Object object, String name) throws ReflectiveOperationException {
        return Fields.named(object.getClass(), name).get(object);
    }

    /** Whether a read would bring something without waiting. */
    boolean hasMore() {
        if (buffer == null) {
            return false;
        }
        try {
            return (int) length.invoke(buffer) > WORTH_READING_IN_BYTES;
        } catch (Throwable impossible) {
            throw new IllegalStateException("the length of a buffer is a getter", impossible);
        }
    }

    private static final class Fields extends ClassValue<Map<String, Field>> {

        private static final Fields CACHE = new Fields();

        static Field named(Class<?> type, String name) throws NoSuchFieldException {
            Field field = CACHE.get(type).get(name);
            if (field == null) {
                throw new NoSuchFieldException(type.getName() + "." + name);
            }
            return field;
        }

        @Override
        protected Map<String, Field> computeValue(Class<?> type) {
            Map<String, Field> fields = new HashMap<>();
            for (Class<?> at = type; at != null && !at.getName().startsWith("java."); at = at.getSuperclass()) {
                for (Field field : at.getDeclaredFields()) {
                    boolean wanted = field.getName().equals("hc4Stream") || field.getName().equals("wrappedStream")
                            || field.getName().equals("in");
                    if (wanted && field.trySetAccessible()) {
                        fields.putIfAbsent(field.getName(), field);
                    }
                }
            }
            return fields;
        }
    }

    private static final class Lengths extends ClassValue<MethodHandle> {

        private static final Lengths OF = new Lengths();

        @Override
        protected MethodHandle computeValue(Class<?> type) {
            try {
                return MethodHandles.publicLookup().unreflect(type.getMethod("length"))
                        .asType(MethodType.methodType(int.class, Object.class));
            } catch (ReflectiveOperationException e) {
                return MethodHandles.dropArguments(MethodHandles.constant(int.class, 0), 0, Object.class);
            }
        }
    }
}
