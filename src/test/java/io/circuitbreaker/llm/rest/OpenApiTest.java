package io.circuitbreaker.llm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OpenApiTest {

    /** The description is written by hand, so a new resource could be forgotten. */
    @Test
    void describesThePathOfEveryResourceMethod() throws IOException {
        String description = Files.readString(java.nio.file.Path.of("src/main/resources/META-INF/openapi.yaml"));

        assertThat(paths()).isNotEmpty().allSatisfy(path -> assertThat(description).contains("\n  " + path + ":\n"));
    }

    private static Stream<String> paths() {
        String root = RestApplication.class.getAnnotation(ApplicationPath.class).value();
        return new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackagesOf(RestApplication.class).stream()
                .filter(type -> type.isAnnotatedWith(Path.class)).map(type -> type.reflect())
                .flatMap(resource -> Arrays.stream(resource.getDeclaredMethods()).filter(OpenApiTest::takesRequests)
                        .map(method -> root + path(resource) + path(method)));
    }

    private static boolean takesRequests(AnnotatedElement method) {
        return Arrays.stream(method.getAnnotations())
                .anyMatch(annotation -> annotation.annotationType().isAnnotationPresent(HttpMethod.class));
    }

    /** Without the regular expression that a parameter may have: OpenAPI has no place for it. */
    private static String path(AnnotatedElement element) {
        Path path = element.getAnnotation(Path.class);
        return path == null ? "" : path.value().replaceAll(":[^}]*}", "}");
    }
}
