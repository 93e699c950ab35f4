import com.aliyun.cr20181201.Client;
import com.aliyun.tea.TeaException;
import com.aliyun.tea.TeaModel;
import com.aliyun.teaopenapi.models.Config;
import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.Map;

/** Calls ACR's API with the official Java client (com.aliyun:cr20181201), as e2e/acr/sdk.ts describes. */
public class Driver {
    private static final Gson JSON = new Gson();

    public static void main(String[] arguments) throws Exception {
        Config config = new Config()
            .setAccessKeyId(System.getenv("ACR_ACCESS_KEY_ID"))
            .setAccessKeySecret(System.getenv("ACR_ACCESS_KEY_SECRET"))
            .setRegionId("cn-hangzhou");
        config.endpoint = System.getenv("ACR_ENDPOINT");
        config.protocol = "http";
        Client client = new Client(config);

        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Map<?, ?> call = JSON.fromJson(line, Map.class);
            @SuppressWarnings("unchecked")
            Map<String, Object> parameters = (Map<String, Object>) call.get("parameters");
            System.out.println(JSON.toJson(ask(client, (String) call.get("action"), parameters)));
        }
    }

    private static Map<String, Object> ask(Client client, String action, Map<String, Object> parameters)
        throws Exception {
        Class<?> type = Class.forName("com.aliyun.cr20181201.models." + action + "Request");
        TeaModel request = TeaModel.build(withIntegers(parameters), (TeaModel) type.getConstructor().newInstance());
        for (String name : parameters.keySet()) {
            if (!request.toMap().containsKey(name)) return Map.of("problem", action + " does not know " + name);
        }
        String method = Character.toLowerCase(action.charAt(0)) + action.substring(1);
        try {
            Object response = Client.class.getMethod(method, type).invoke(client, request);
            TeaModel body = (TeaModel) response.getClass().getMethod("getBody").invoke(response);
            return Map.of("body", body.toMap());
        } catch (InvocationTargetException failed) {
            if (!(failed.getCause() instanceof TeaException)) return Map.of("problem", failed.getCause().toString());
            TeaException error = (TeaException) failed.getCause();
            if (error.getCode() == null) return Map.of("problem", error.toString());
            return Map.of("error", Map.of("code", error.getCode(), "message", error.getMessage()));
        }
    }

    /** JSON has no integers of its own: Gson reads 30 as 30.0, which the client would send. */
    private static Map<String, Object> withIntegers(Map<String, Object> parameters) {
        Map<String, Object> converted = new HashMap<>(parameters);
        converted.replaceAll((name, value) -> value instanceof Double ? (Object) ((Double) value).intValue() : value);
        return converted;
    }
}
