package io.circuitbreaker.llm.bean;

import jakarta.enterprise.inject.Stereotype;
import jakarta.inject.Singleton;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A bean of which the application has one, injected itself and not as a proxy: for what each request or token goes
 * through. A proxy looks its bean up at each call. And where the same code also gets one without a proxy, as from the
 * warm-up, the compiler sees two classes, and has to begin again when the second comes. A stereotype, since by
 * {@link Singleton} alone CDI does not find a bean.
 */
@Stereotype
@Singleton
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Unproxied {
}
