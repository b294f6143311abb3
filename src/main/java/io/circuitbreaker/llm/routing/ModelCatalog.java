package io.circuitbreaker.llm.routing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;

/**
 * What is known of models: the file that comes with the application, and the entries of one that {@code llm.catalog}
 * names, which replace those of the same id. Immutable.
 */
final class ModelCatalog {

    static final String KEY = "llm.catalog";

    private static final String BUILT_IN = "model-catalog.json";
    /** Vendors add it to a name for one version of the model. */
    private static final Pattern DATE = Pattern.compile("-(\\d{8}|\\d{4}-\\d{2}-\\d{2})$");

    static final ModelCatalog EMPTY = new ModelCatalog(List.of(), List.of());

    private final Map<String, CatalogEntry> byId = new HashMap<>();

    private ModelCatalog(List<CatalogEntry> builtIn, List<CatalogEntry> configured) {
        builtIn.forEach(entry -> byId.put(entry.id(), entry));
        configured.forEach(entry -> byId.put(entry.id(), entry));
    }

    /** @throws IllegalArgumentException naming the key, the file, the place in it and the rule, if something is bad */
    static ModelCatalog load(Config config) {
        String file = RouteConfig.text(config, KEY);
        return new ModelCatalog(new CatalogReader(BUILT_IN).read(builtIn()), file.isEmpty() ? List.of()
                : new CatalogReader(KEY + " (" + file + ")").read(configured(file)));
    }

    /**
     * The entry for this provider's model, else the one for the model whoever serves it; either may be the one for the
     * name without its date.
     */
    Optional<CatalogEntry> of(String provider, String model) {
        return exactly(provider, model).or(() -> exactly(provider, DATE.matcher(model).replaceFirst("")));
    }

    private Optional<CatalogEntry> exactly(String provider, String model) {
        return Optional.ofNullable(byId.get(provider + "/" + model)).or(() -> Optional.ofNullable(byId.get(model)));
    }

    /** The same, with what is known of it. */
    Target known(Target target) {
        return target.withKnown(of(target.provider().name(), target.model()));
    }

    private static String builtIn() {
        try (InputStream file = ModelCatalog.class.getResourceAsStream(BUILT_IN)) {
            return new String(file.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String configured(String file) {
        try {
            Path path = file.startsWith("file:") ? Path.of(URI.create(file)) : Path.of(file);
            return Files.readString(path);
        } catch (IOException | IllegalArgumentException | FileSystemNotFoundException e) {
            throw new IllegalArgumentException(KEY + " must be the path or the file: URL of a file that can be read as"
                    + " UTF-8, was '" + file + "'", e);
        }
    }
}
