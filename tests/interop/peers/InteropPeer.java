import java.io.*;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.util.*;
import java.util.concurrent.*;
import javax.net.ssl.*;

/**
 * Client and server of Java's JSSE, driven over standard input: one command a line, words separated by tabs, "-" for
 * nothing. Each is answered by one line.
 *
 *     listen CA P12 SUITE VERSION ASK     → port N
 *     served PORT                         → how the oldest connection to PORT ended that was not asked about
 *     call PORT NAME CA P12 SUITE VERSION PROTOCOLS DATA → "ok SUITE" when the data came back, or the exception
 */
public final class InteropPeer
{
	private static final char[] PASSWORD = "secret".toCharArray();
	private static final int WAIT_MS = 30000;
	private static final Map<String, SSLContext> contexts = new HashMap<>();
	private static final Map<Integer, BlockingQueue<String>> results = new ConcurrentHashMap<>();

	public static void main(String[] arguments) throws Exception
	{
		if(arguments.length > 0 && arguments[0].equals("legacy")) {
			// What newer releases have switched off, and an administrator may switch on again.
			Security.setProperty("jdk.tls.disabledAlgorithms", "SSLv3, RC4, DES, MD5withRSA, anon, NULL");
		}
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
		for(String line; (line = commands.readLine()) != null;) {
			String[] words = line.split("\t");
			String answer;
			try {
				switch(words[0]) {
				case "listen":
					answer = listen(words);
					break;
				case "served":
					String result = results.get(Integer.valueOf(words[1])).poll(WAIT_MS, TimeUnit.MILLISECONDS);
					answer = result == null ? "nobody came" : result;
					break;
				default:
					answer = call(words);
				}
			} catch(Exception error) {
				answer = describe(error);
			}
			System.out.println(answer);
		}
		System.exit(0);
	}

	private static String describe(Exception error)
	{
		StringBuilder text = new StringBuilder();
		for(Throwable cause = error; cause != null; cause = cause.getCause()) {
			text.append(text.length() == 0 ? "" : " < ").append(cause.toString().replaceAll("\\s+", " "));
		}
		return text.toString();
	}

	/** The same each time: it remembers sessions, by host and port. */
	private static SSLContext context(String ca, String p12) throws Exception
	{
		SSLContext known = contexts.get(ca + p12);
		if(known == null) {
			known = newContext(ca, p12);
			contexts.put(ca + p12, known);
		}
		return known;
	}

	private static SSLContext newContext(String ca, String p12) throws Exception
	{
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		try(InputStream file = new FileInputStream(ca)) {
			for(Certificate root : CertificateFactory.getInstance("X.509").generateCertificates(file)) {
				trusted.setCertificateEntry("root" + trusted.size(), root);
			}
		}
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted);
		KeyManager[] keys = null;
		if(!p12.equals("-")) {
			KeyStore own = KeyStore.getInstance("PKCS12");
			try(InputStream file = new FileInputStream(p12)) {
				own.load(file, PASSWORD);
			}
			KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			factory.init(own, PASSWORD);
			keys = factory.getKeyManagers();
		}
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys, trust.getTrustManagers(), null);
		return context;
	}

	private static SSLParameters parameters(SSLParameters parameters, String suite, String version)
	{
		if(!suite.equals("-")) {
			parameters.setCipherSuites(new String[] {suite});
			parameters.setProtocols(new String[] {"TLSv1.2"});
		}
		if(!version.equals("-")) {
			parameters.setProtocols(new String[] {"TLSv" + version});
		}
		return parameters;
	}

	private static String listen(String[] words) throws Exception
	{
		SSLServerSocketFactory factory = context(words[1], words[2]).getServerSocketFactory();
		SSLServerSocket listener =
			(SSLServerSocket)factory.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		SSLParameters parameters = parameters(listener.getSSLParameters(), words[3], words[4]);
		parameters.setNeedClientAuth(words[5].equals("ask"));
		listener.setSSLParameters(parameters);
		BlockingQueue<String> queue = new LinkedBlockingQueue<>();
		results.put(listener.getLocalPort(), queue);
		Thread thread = new Thread(() -> {
			while(true) {
				try(SSLSocket socket = (SSLSocket)listener.accept()) {
					queue.add(echo(socket));
				} catch(Exception error) {
					queue.add(describe(error));
				}
			}
		});
		thread.setDaemon(true);
		thread.start();
		return "port " + listener.getLocalPort();
	}

	/** Until the device says goodbye. Closing the socket says it, too. */
	private static String echo(SSLSocket socket) throws Exception
	{
		socket.setSoTimeout(WAIT_MS);
		socket.startHandshake();
		byte[] buffer = new byte[65536];
		for(int count; (count = socket.getInputStream().read(buffer)) >= 0;) {
			socket.getOutputStream().write(buffer, 0, count);
		}
		return "ok " + socket.getSession().getProtocol() + " " + socket.getSession().getCipherSuite();
	}

	private static String call(String[] words) throws Exception
	{
		byte[] data = Files.readAllBytes(Paths.get(words[8]));
		try(Socket raw = new Socket("127.0.0.1", Integer.parseInt(words[1]));
			SSLSocket socket = (SSLSocket)context(words[3], words[4]).getSocketFactory().createSocket(
				raw, words[2], raw.getPort(), true)) {
			raw.setSoTimeout(WAIT_MS);
			SSLParameters parameters = parameters(socket.getSSLParameters(), words[5], words[6]);
			parameters.setEndpointIdentificationAlgorithm("HTTPS");
			parameters.setServerNames(List.of(new SNIHostName(words[2])));
			if(!words[7].equals("-")) {
				parameters.setApplicationProtocols(words[7].split(","));
			}
			socket.setSSLParameters(parameters);
			socket.startHandshake();
			String suite = socket.getSession().getProtocol() + " " + socket.getSession().getCipherSuite();
			socket.getOutputStream().write(data);
			byte[] echoed = socket.getInputStream().readNBytes(data.length);
			if(!Arrays.equals(echoed, data)) {
				return "other data came back";
			}
			socket.shutdownOutput();
			return socket.getInputStream().read() < 0 ? "ok " + suite : "more data came than was sent";
		}
	}
}
