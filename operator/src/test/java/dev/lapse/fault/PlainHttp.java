package dev.lapse.fault;

import dev.lapse.fault.FaultProxy.Answer;
import dev.lapse.fault.FaultProxy.Call;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** As much of HTTP/1.1 as the operator's client speaks to a proxy. */
final class PlainHttp {
    record Header(String name, String value) {
        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    /** A call with its headers, which hold the operator's token and are nobody's to see. */
    record Request(Call call, String target, List<Header> headers, byte[] body) {
        boolean isUnder(String prefix) {
            return target.startsWith(prefix);
        }

        /** As the server behind {@code prefix} gets it. */
        Request within(String prefix) {
            return new Request(
                    new Call(call.method(), call.path().substring(prefix.length()), call.query(), call.body()),
                    target.substring(prefix.length()),
                    headers,
                    body);
        }

        @Override
        public String toString() {
            return call.method() + " " + target;
        }
    }

    private PlainHttp() {}

    /** @return null when nothing more comes */
    static Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            return null;
        }
        String[] words = first.split(" ", 3);
        List<Header> headers = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.add(new Header(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        byte[] body = body(in, headers);
        URI uri = URI.create(words[1]);
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        return new Request(
                new Call(words[0], uri.getPath(), query, new String(body, StandardCharsets.UTF_8)),
                words[1],
                List.copyOf(headers),
                body);
    }

    /** The request as it came, but for the host it is meant for. */
    static void send(OutputStream out, Request request, String host) throws IOException {
        StringBuilder head = new StringBuilder(request.call().method() + " " + request.target() + " HTTP/1.1\r\n");
        for (Header header : request.headers()) {
            head.append(header.name())
                    .append(": ")
                    .append(header.is("Host") ? host : header.value())
                    .append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    static void write(OutputStream out, Answer answer) throws IOException {
        String head = "HTTP/1.1 " + answer.code() + " Answered\r\nContent-Type: " + answer.contentType()
                + (answer.date().isEmpty() ? "" : "\r\nDate: " + answer.date())
                + (answer.code() == 429 ? "\r\nRetry-After: 1" : "")
                + "\r\nContent-Length: " + answer.body().length + "\r\n\r\n";
        var whole = new ByteArrayOutputStream();
        whole.write(head.getBytes(StandardCharsets.ISO_8859_1));
        whole.write(answer.body());
        out.write(whole.toByteArray());
        out.flush();
    }

    private static byte[] body(InputStream in, List<Header> headers) throws IOException {
        for (Header header : headers) {
            if (header.is("Content-Length")) {
                return in.readNBytes(Integer.parseInt(header.value()));
            }
            if (header.is("Transfer-Encoding")) {
                return chunks(in);
            }
        }
        return new byte[0];
    }

    private static byte[] chunks(InputStream in) throws IOException {
        var body = new ByteArrayOutputStream();
        for (int size = size(in); size > 0; size = size(in)) {
            body.write(in.readNBytes(size));
            line(in);
        }
        line(in);
        return body.toByteArray();
    }

    private static int size(InputStream in) throws IOException {
        return Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
