package Listmill;

# Served hooks in Perl: a program that is started once and asked about message after message.
#
#     #!/usr/bin/env perl
#     use strict;
#     use warnings;
#     use Listmill;
#
#     Listmill::serve(sub {
#         my ($ask) = @_;
#         return $ask->reject('One exclamation mark is enough.') if $ask->header('Subject') =~ /!!!/;
#         return;
#     });
#
# What the function returns is what its verb asks for: nothing (pass), a queue's name (route), the new
# message as text (edit), addresses as an array or a function that gives the next one (recipients,
# refine), or rows of address, "sent", "later" or "never", and reply (deliver). The verdicts (reject,
# hold, later, discard, skip) end the function where they are called. An exception is "later", and
# its text the reason. Text is bytes, as in %ENV and in files; header() is decoded by nobody.
#
# By hand, by the contract of a hook that is started for each message:
#
#     PERL5LIB=/opt/listmill/lib ./60-mine.serve.pl --once < message
#
# docs/served-hooks.md describes what goes over the pipe. Needs no other module.

use strict;
use warnings;
use IO::Handle;

# The exit codes of hooks.
my %code = (pass => 0, later => 75, reject => 77, hold => 80, discard => 81, skip => 99);
# Bytes of an answer that go in its line; more goes into a file.
my $INLINE = 16_384;
# Bytes of a message in which its header is looked for.
my $HEADER = 1 << 20;
# Bytes of a reason.
my $REASON = 1000;

# Answers until there are no more questions.
sub serve {
    my ($answer) = @_;
    exit once($answer) if grep { $_ eq '--once' } @ARGV;
    if (-t STDIN) {
        print STDERR "a served hook is started by listmill; by hand: $0 --once < message\n";
        exit 64;
    }
    # What the hook and its children print must not get between the answers, nor may they read.
    open my $questions, '<&', \*STDIN  or die "stdin: $!\n";
    open my $answers,   '>&', \*STDOUT or die "stdout: $!\n";
    open STDIN,  '<',  '/dev/null' or die "/dev/null: $!\n";
    open STDOUT, '>&', \*STDERR    or die "stderr: $!\n";
    binmode $_ for $questions, $answers;
    $answers->autoflush(1);
    while (my $line = <$questions>) {
        my $question = decode($line);
        my $reply = reply($answer, $question);
        print $answers encode({ %$reply, id => $question->{id} });
    }
    return;
}

# The answer of a hook, as it goes over the pipe.
sub reply {
    my ($answer, $question) = @_;
    my $ask = bless { question => $question, emitted => 0 }, 'Listmill::Ask';
    my $reply = eval { output($question, $answer->($ask)) };
    return $reply if $reply;
    my $error = $@;
    return $error if ref $error eq 'Listmill::Verdict';
    print STDERR $error;
    my ($reason) = split /\n/, $error;
    return { code => $code{later}, reason => substr $reason, 0, $REASON };
}

# What a hook returned: small text goes into its line, the rest into the file.
sub output {
    my ($question, $value) = @_;
    return { code => 0 } if !defined $value;
    my $next  = pieces($question->{verb}, $value);
    my $start = '';
    my $piece;
    while (length $start <= $INLINE && defined($piece = $next->())) { $start .= $piece }
    if (length $start <= $INLINE) {
        my $copy = $start;
        return { code => 0, stdout => $start } if utf8::decode($copy);
    }
    open my $file, '>:raw', $question->{output} or die "$question->{output}: $!\n";
    print $file $start or die "$question->{output}: $!\n";
    while (defined($piece = $next->())) { print $file $piece or die "$question->{output}: $!\n" }
    close $file or die "$question->{output}: $!\n";
    return { code => 0, output => \1 };
}

# A function that gives the bytes of an output piece by piece.
sub pieces {
    my ($verb, $value) = @_;
    if ($verb eq 'edit' && !ref $value) {
        my @left = (bytes($value));
        return sub { shift @left };
    }
    if ($verb eq 'route' && !ref $value) {
        my @left = (line($value));
        return sub { shift @left };
    }
    if ($verb eq 'answer' && !ref $value) {
        my @left = (bytes($value));
        return sub { shift @left };
    }
    my $isList = $verb eq 'recipients' || $verb eq 'refine' || $verb eq 'deliver';
    die "it returned what $verb cannot use\n" if !$isList || ref $value !~ /^(?:ARRAY|CODE)$/;
    my $at = 0;
    my $next = ref $value eq 'CODE' ? $value : sub { $at < @$value ? $value->[$at++] : undef };
    return sub {
        my $row = $next->();
        return defined $row ? line(ref $row ? join "\t", @$row : $row) : undef;
    };
}

sub line {
    my $line = bytes($_[0]);
    $line =~ tr/\n/ /;
    return "$line\n";
}

# Characters as UTF-8; bytes stay.
sub bytes {
    my ($text) = @_;
    utf8::encode($text) if utf8::is_utf8($text);
    return $text;
}

# One message by the contract of a hook that is a program: stdin, variables, exit code.
sub once {
    my ($answer) = @_;
    require Cwd;
    require File::Temp;
    my %variables = map { $_ => $ENV{$_} } grep { /^LISTMILL_/ } keys %ENV;
    my $stage = $variables{LISTMILL_STAGE} || (Cwd::abs_path($0) =~ m{([^/]+)/[^/]+$} ? $1 : '');
    my $verb = $stage =~ /-(.+)/ ? $1 : 'approve';
    # It may be read more than once, and stdin may be a pipe.
    my $copy = File::Temp->new;
    if (!defined $variables{ $verb eq 'refine' ? 'LISTMILL_RECIPIENTS' : 'LISTMILL_MESSAGE' }) {
        while (read STDIN, my $chunk, 65_536) { print $copy $chunk }
        close $copy;
    }
    my $out = File::Temp->new;
    my %question = (
        verb       => $verb,
        variables  => \%variables,
        message    => $variables{LISTMILL_MESSAGE} // ($verb eq 'refine' ? '/dev/null' : "$copy"),
        recipients => $variables{LISTMILL_RECIPIENTS} // ($verb eq 'refine' ? "$copy" : undef),
        emit       => $variables{LISTMILL_EMIT},
        output     => "$out",
    );
    my $reply = reply($answer, \%question);
    print "$reply->{reason}\n" if length($reply->{reason} // '');
    print $reply->{stdout} // '';
    my $isKept = $reply->{code} == $code{pass} || $reply->{code} == $code{skip};
    if ($reply->{output}) {
        while (read $out, my $chunk, 65_536) { print $chunk }
    }
    elsif ($verb eq 'refine' && $isKept && !defined $reply->{stdout}) {
        # To print nothing would be an empty list.
        open my $same, '<:raw', $question{recipients} or die "$question{recipients}: $!\n";
        while (read $same, my $chunk, 65_536) { print $chunk }
    }
    return $reply->{code};
}

# JSON, as far as questions and answers need it: JSON::PP is many times slower.
my %unescaped = (b => "\b", f => "\f", n => "\n", r => "\r", t => "\t");

my $string = qr/"([^"\\]*+(?:\\.[^"\\]*+)*+)"/;
# An object of strings in one go: most hooks look at few of its values.
my $object = qr/\{(?:[^"{}]*+"[^"\\]*+(?:\\.[^"\\]*+)*+")*+[^"{}]*+\}/;

# An object; one of strings in it stays text, and what is neither is passed over.
sub decode {
    my ($text) = @_;
    my %found;
    $text =~ /\G\s*\{\s*/gc or die "no object\n";
    return \%found if $text =~ /\G\}/gc;
    while ($text =~ /\G\s*$string\s*:\s*/gco) {
        my $name = unescape($1);
        if ($text =~ /\G$string/gco) { $found{$name} = unescape($1) }
        elsif ($text =~ /\G($object)/gco) { $found{$name} = $1 }
        else { pass($text) }
        next if $text =~ /\G\s*,/gc;
        return \%found if $text =~ /\G\s*\}/gc;
        last;
    }
    die 'not understood at ' . pos($text) . "\n";
}

# Passes over any value, where pos is in the text that is given.
sub pass {
    my $depth = 0;
    while (1) {
        $_[0] =~ /\G\s*/gc;
        if    ($_[0] =~ /\G[\[{]/gc)               { $depth++ }
        elsif ($depth > 0 && $_[0] =~ /\G[\]}]/gc) { $depth-- }
        elsif ($depth == 0 || $_[0] !~ /\G[,:]/gc) {
            $_[0] =~ /\G(?:$string|[-+.\w]+)/gco or die 'not understood at ' . pos($_[0]) . "\n";
        }
        return if $depth == 0;
    }
}

sub unescape {
    my ($text) = @_;
    return $text if index($text, '\\') < 0;
    $text =~ s{\\(?:u([dD][89abAB]..)\\u(....)|u(....)|(.))}{
        if (defined $4) { $unescaped{$4} // $4 }
        else {
            my $char = defined $3 ? chr hex $3
                : chr(0x10000 + ((hex($1) - 0xD800) << 10) + (hex($2) - 0xDC00));
            $char = "\x{FFFD}" if ord($char) >= 0xD800 && ord($char) < 0xE000;
            utf8::encode($char);
            $char;
        }
    }gex;
    return $text;
}

sub encode {
    my ($reply) = @_;
    my @fields;
    for my $name (keys %$reply) {
        my $value = $reply->{$name};
        $value = $name eq 'code' ? 0 + $value : ref $value ? 'true' : quoted($value);
        push @fields, qq("$name":$value);
    }
    return '{' . join(',', @fields) . "}\n";
}

sub quoted {
    my $text = bytes($_[0]);
    my $copy = $text;
    utf8::encode($text) if !utf8::decode($copy);
    $text =~ s/([\x00-\x1f"\\])/sprintf '\\u%04x', ord $1/ge;
    return qq("$text");
}

package Listmill::Ask;

# approve, edit …
sub verb { return $_[0]{question}{verb} }

# The path of the message; for reading only.
sub path { return $_[0]{question}{message} }

# A variable without its LISTMILL_: $ask->get('SENDER').
sub get {
    my ($ask, $name, $default) = @_;
    my $variables = $ask->{question}{variables};
    $variables = $ask->{question}{variables} = Listmill::decode($variables) if !ref $variables;
    return $variables->{"LISTMILL_$name"} // $default // '';
}

# A setting of the list: $ask->setting('digest.posts'), $ask->setting('custom.words').
sub setting {
    my ($ask, $name, $default) = @_;
    return $ask->get('SETTING_' . uc($name =~ tr/./_/r), $default);
}

# The list's address; '' for a message of none.
sub list { return $_[0]->get('LIST') }

# The sender of the envelope; may be ''.
sub sender { return $_[0]->get('SENDER') }

# Only tried out: leave nothing behind.
sub trial { return $_[0]->get('TRIAL') ne '' }

# The message as a file of bytes.
sub open {
    my ($ask) = @_;
    CORE::open my $file, '<:raw', $ask->path or die $ask->path . ": $!\n";
    return $file;
}

# The whole message, in memory.
sub text {
    my $file = $_[0]->open;
    local $/ = undef;
    return scalar <$file>;
}

# All fields of that name, unfolded, in their order; in scalar context the first, or ''.
sub header {
    my ($ask, $name) = @_;
    $ask->{fields} //= $ask->_fields;
    my $found = $ask->{fields}{lc $name} // [];
    return wantarray ? @$found : $found->[0] // '';
}

sub _fields {
    my ($ask) = @_;
    my (%fields, $last);
    my $file = $ask->open;
    my $left = $HEADER;
    while ($left > 0 && defined(my $line = <$file>)) {
        $left -= length $line;
        $line =~ s/\r?\n\z//;
        last if $line eq '';
        if ($line =~ /^[ \t]/) { $last->[-1] .= $line if $last }
        elsif ($line =~ /^([^:]*?)\s*:\s*(.*)/s) { push @{ $last = $fields{ lc $1 } //= [] }, $2 }
    }
    return \%fields;
}

# A function that gives the next address, undef at the end: the list so far, or who is to be served.
sub recipients {
    my ($ask) = @_;
    my $path = $ask->{question}{recipients} // return sub { return };
    CORE::open my $file, '<:raw', $path or die "$path: $!\n";
    return sub {
        my $address = <$file>;
        chomp $address if defined $address;
        return $address;
    };
}

# Sends a new message in. $due: not before, seconds since 1970.
sub emit {
    my ($ask, $recipient, $message, $due) = @_;
    my $folder = $ask->{question}{emit} // die $ask->verb . " hooks cannot emit: that is for emit, answer and consume\n";
    die "not an address: $recipient\n" if $recipient =~ m{/|^\.{0,2}$};
    mkdir "$folder/$recipient";
    my $name = join '.', (defined $due ? sprintf '%010d', $due : ()), ++$ask->{emitted};
    CORE::open my $file, '>:raw', "$folder/$recipient/$name" or die "$folder/$recipient/$name: $!\n";
    print $file Listmill::bytes($message) or die "$folder/$recipient/$name: $!\n";
    close $file or die "$folder/$recipient/$name: $!\n";
    return;
}

# Says something in the log.
sub log { print STDERR "$_[1]\n"; return }

sub reject  { return _verdict('reject',  $_[1]) }
sub hold    { return _verdict('hold',    $_[1]) }
sub later   { return _verdict('later',   $_[1]) }
sub discard { return _verdict('discard', $_[1]) }
# Pass, and skip the rest of this stage.
sub skip    { return _verdict('skip', '') }

sub _verdict {
    my ($kind, $reason) = @_;
    die bless { code => $code{$kind}, reason => substr $reason // '', 0, $REASON }, 'Listmill::Verdict';
}

1;
